import { createApp } from "vue";
import App from "./App.vue";
import "./style/base.css";
import "./style/frame.css";
import "./style/queue.css";
import "./style/talk.css";
import "./style/side.css";
import "./style/pages.css";

createApp(App).mount("#app");
