// What the pages do beside htmx. Without scripts they can still be read and used.
(function () {
  "use strict";

  // A job that goes on has its page change under the reader: what was opened stays open.
  document.addEventListener("htmx:beforeSwap", function (event) {
    document.querySelectorAll("details[id]").forEach(function (details) {
      sessionStorage.setItem("open:" + details.id, details.open ? "1" : "");
    });
  });
  document.addEventListener("htmx:afterSwap", function () {
    document.querySelectorAll("details[id]").forEach(function (details) {
      const kept = sessionStorage.getItem("open:" + details.id);
      if (kept !== null) {
        details.open = kept === "1";
      }
    });
    draw();
  });

  // Copies the text of the element that the button names.
  document.addEventListener("click", function (event) {
    const button = event.target.closest("button[data-copy]");
    if (!button) {
      return;
    }
    const text = document.getElementById(button.dataset.copy).textContent;
    navigator.clipboard.writeText(text).then(function () {
      button.textContent = "Copied";
    });
  });

  function draw() {}
})();
