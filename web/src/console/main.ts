import '../style/tokens.css';
import '../style/base.css';
import './shell/console-app';
