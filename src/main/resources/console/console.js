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

  function axis(scale, label, side) {
    return {
      scale: scale, label: label, side: side, stroke: color("--pico-muted-color"), labelSize: 20, size: 56,
      grid: {stroke: color("--pico-muted-border-color"), width: 1, show: side === 3},
      ticks: {show: false},
      values: function (plot, values) { return values.map(short); }
    };
  }

  function short(value) {
    return value === null ? "" : value >= 1000 ? Math.round(value / 100) / 10 + "k" : String(Math.round(value * 10) / 10);
  }

  function draw(figure, data) {
    const canvas = figure.querySelector(".canvas");
    figure.hidden = false;
    if (chart) {
      chart.setData(data);
      return;
    }
    const time = axis("x", "", 2);
    delete time.values;
    delete time.label;
    time.size = 28;
    time.grid.show = false;
    chart = new uPlot({
      width: canvas.clientWidth, height: 220, cursor: {drag: {x: false, y: false}},
      scales: {mb: {range: fromZero}, rows: {range: fromZero}},
      series: [
        {},
        {label: "MB/s", scale: "mb", stroke: color("--line-one"), width: 2, value: function (u, v) { return v === null ? "" : v.toFixed(1); }},
        {label: "rows/s", scale: "rows", stroke: color("--line-two"), width: 2, dash: [6, 4], value: function (u, v) { return v === null ? "" : Math.round(v).toLocaleString("en"); }}
      ],
      axes: [time, axis("mb", "MB/s", 3), axis("rows", "rows/s", 1)]
    }, data, canvas);
    new ResizeObserver(function () {
      chart.setSize({width: canvas.clientWidth, height: 220});
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
        if (rates && rates.times.length > 1) {
          draw(figure, [rates.times, rates.megabytes, rates.rows]);
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
