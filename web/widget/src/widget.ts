/**
 * The one script a page embeds: it defines `<tongda-chat>` and, where the page has none, puts one in.
 *
 *   <script src="https://…/widget.js" data-server="https://…" data-region="宁波市" async></script>
 */
import { TongdaChatElement } from "./element";

const NAME = "tongda-chat";

function start(script: HTMLOrSVGScriptElement | null): void {
  if (customElements.get(NAME) !== undefined) return;
  const { server, region } = script?.dataset ?? {};
  const source = script instanceof HTMLScriptElement ? script.src : location.href;
  TongdaChatElement.scriptServer = server ?? new URL(".", source).href;
  customElements.define(NAME, TongdaChatElement);
  whenParsed(() => {
    if (document.querySelector(NAME) !== null) return;
    const element = document.createElement(NAME);
    if (region !== undefined) element.setAttribute("region", region);
    document.body.append(element);
  });
}

function whenParsed(action: () => void): void {
  if (document.readyState === "loading")
    document.addEventListener("DOMContentLoaded", action, { once: true });
  else action();
}

start(document.currentScript);
