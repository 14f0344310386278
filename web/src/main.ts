import './style/tokens.css';
import './style/base.css';
import './parts/map-page';
