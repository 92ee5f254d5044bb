/**
 * The one script inside each page: sets the remembered theme before anything is drawn, wires the theme button, and on lecture pages moves
 * from section to section with the arrow keys. Without it the page follows the reader's system.
 */
export const PAGE_SCRIPT = `(function () {
  var root = document.documentElement, key = "overlay-lab-theme";
  function stored() { try { return localStorage.getItem(key); } catch (error) { return null; } }
  function dark() {
    var theme = root.getAttribute("data-theme");
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  var chosen = stored();
  if (chosen === "dark" || chosen === "light") root.setAttribute("data-theme", chosen);
  function wireTheme() {
    var button = document.querySelector("header.masthead button#theme");
    if (!button) return;
    function name() { button.textContent = dark() ? "Light" : "Dark"; button.setAttribute("aria-label", "Change to " + (dark() ? "light" : "dark") + " colours"); }
    button.hidden = false;
    button.addEventListener("click", function () {
      var theme = dark() ? "light" : "dark";
      root.setAttribute("data-theme", theme);
      try { localStorage.setItem(key, theme); } catch (error) { /* a page without storage keeps the choice until it closes */ }
      name();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
    name();
  }
  function wireLecture() {
    if (root.getAttribute("data-variant") !== "lecture") return;
    document.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.target !== document.body) return;
      var screens = Array.prototype.slice.call(document.querySelectorAll("main > .opening, main > section"));
      var at = Math.max(0, screens.filter(function (screen) { return screen.getBoundingClientRect().top < 48; }).length - 1);
      var next = screens[Math.max(0, Math.min(screens.length - 1, at + step))];
      if (next) { event.preventDefault(); next.scrollIntoView(); }
    });
  }
  function wireMath() {
    document.querySelectorAll(".display").forEach(function (formula) { if (formula.scrollWidth > formula.clientWidth + 1) formula.tabIndex = 0; });
  }
  document.addEventListener("DOMContentLoaded", function () { wireTheme(); wireLecture(); wireMath(); addEventListener("resize", wireMath); });
})();`;
