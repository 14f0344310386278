import './style/tokens.css';
import './style/page.css';
import './style/panel.css';
import './style/map.css';
import './style/narrow.css';
import './style/print.css';
import './parts/map-page';
