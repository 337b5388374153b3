// What the pages do beside htmx. Without scripts they can still be read and used.
(function () {
  "use strict";

  const opened = {};

  // A part of the page that is replaced keeps what the reader has opened, and says aloud only what is new.
  document.addEventListener("htmx:beforeSwap", function () {
    document.querySelectorAll("details[id]").forEach(function (details) {
      opened[details.id] = details.open;
    });
  });
  document.addEventListener("htmx:afterSettle", function () {
    document.querySelectorAll("details[id]").forEach(function (details) {
      if (details.id in opened) {
        details.open = opened[details.id];
      }
    });
    const said = document.getElementById("said");
    const head = document.querySelector("[data-say]");
    if (said && head && said.textContent !== head.dataset.say) {
      said.textContent = head.dataset.say;
    }
    load();
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

  let chart = null;
  let loading = false;

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function axis(scale, side, text) {
    return {
      scale: scale, side: side, stroke: color("--pico-muted-color"), size: side === 2 ? 28 : 72,
      grid: {stroke: color("--pico-muted-border-color"), width: 1, show: side === 3},
      ticks: {show: false},
      values: function (plot, values) { return values.map(text); }
    };
  }

  function bytes(value) {
    const units = ["B/s", "kB/s", "MB/s", "GB/s"];
    let unit = 0;
    while (value >= 1000 && unit < 3) {
      value /= 1000;
      unit++;
    }
    return (value === 0 ? "0" : value < 10 ? value.toFixed(1) : Math.round(value)) + " " + units[unit];
  }

  function rows(value) {
    return Math.round(value).toLocaleString("en") + " /s";
  }

  function clock(seconds) {
    return new Date(seconds * 1000).toISOString().substring(11, 19);
  }

  function line(label, scale, stroke, text, dash) {
    return {
      label: label, scale: scale, stroke: color(stroke), width: 2, dash: dash, points: {show: false},
      value: function (plot, value) { return value === null ? "" : text(value); }
    };
  }

  function draw(figure, data) {
    const canvas = figure.querySelector(".canvas");
    figure.hidden = false;
    if (chart) {
      chart.setData(data);
      return;
    }
    chart = new uPlot({
      width: canvas.clientWidth, height: 200, cursor: {drag: {x: false, y: false}},
      scales: {bytes: {range: fromZero}, rows: {range: fromZero}},
      series: [
        {label: "UTC", value: function (plot, value) { return value === null ? "" : clock(value); }},
        line("Bytes", "bytes", "--line-one", bytes),
        line("Resources", "rows", "--line-two", rows, [6, 4])
      ],
      axes: [axis("x", 2, clock), axis("bytes", 3, bytes), axis("rows", 1, rows)]
    }, data, canvas);
    new ResizeObserver(function () {
      chart.setSize({width: canvas.clientWidth, height: 200});
    }).observe(canvas);
  }

  function fromZero(plot, min, max) {
    return [0, max > 0 ? max * 1.1 : 1];
  }

  function load() {
    const figure = document.querySelector("[data-rates]");
    if (!figure || loading || !window.uPlot) {
      return;
    }
    loading = true;
    fetch(figure.dataset.rates, {headers: {Accept: "application/json"}})
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (rates) {
        if (rates && rates.times.length > 3) {
          draw(figure, [rates.times, rates.bytes, rates.rows]);
        }
      })
      .finally(function () { loading = false; });
  }

  // The colours are those of the time when the chart was drawn.
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    if (chart) {
      chart.destroy();
      chart = null;
      load();
    }
  });

  load();
})();

// Sends the files that were chosen or dropped on the page of imports, one after another.
(function () {
  "use strict";

  const area = document.querySelector("[data-import]");
  if (!area) {
    return;
  }
  const list = document.getElementById("imports");
  let last = Promise.resolve();

  function add(files) {
    Array.from(files).forEach(function (file) {
      const card = document.createElement("section");
      card.className = "card";
      const title = document.createElement("h2");
      title.textContent = file.name;
      const bar = document.createElement("progress");
      bar.max = file.size || 1;
      bar.value = 0;
      bar.setAttribute("aria-label", "Sent of " + file.name);
      card.append(title, bar);
      list.append(card);
      last = last.then(function () { return send(file, card, bar); });
    });
  }

  function send(file, card, bar) {
    return new Promise(function (done) {
      const request = new XMLHttpRequest();
      request.open("POST", area.dataset.import + "?name=" + encodeURIComponent(file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = function (event) { bar.value = event.loaded; };
      request.onload = function () {
        bar.remove();
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        const result = page.querySelector(".imported, main .notice");
        card.append(result ? document.importNode(result, true) : "The server answered " + request.status + ".");
        done();
      };
      request.onerror = function () {
        bar.remove();
        card.append("The connection was lost. Send the file again.");
        done();
      };
      request.send(file);
    });
  }

  document.getElementById("files").addEventListener("change", function (event) {
    add(event.target.files);
    event.target.value = "";
  });
  document.addEventListener("dragover", function (event) { event.preventDefault(); });
  document.addEventListener("drop", function (event) {
    event.preventDefault();
    add(event.dataTransfer.files);
  });
})();
