// Keys for those who like them; every page works without this file.
(function () {
  "use strict";
  var afterG = false;

  function typing(element) {
    return element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);
  }

  function follow(selector) {
    var link = document.querySelector(selector);
    if (link) { link.click(); }
    return link !== null;
  }

  document.addEventListener("keydown", function (event) {
    var menu = document.querySelector("details.reader");
    if (event.key === "Escape" && menu && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
      return;
    }
    if (document.documentElement.dataset.keys === "off") { return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    var wasAfterG = afterG;
    afterG = event.key === "g";
    if (wasAfterG && /^[a-z]$/.test(event.key)) {
      if (follow('nav.rooms a[data-key="' + event.key + '"]')) { event.preventDefault(); }
    } else if (event.key === "/") {
      var search = document.getElementById("search");
      if (search) { search.focus(); event.preventDefault(); }
    } else if (event.key === "?") {
      follow('footer a[href="/help/keyboard"]');
    } else if (event.key === "[") {
      follow('a[rel="prev"]');
    } else if (event.key === "]") {
      follow('a[rel="next"]');
    }
  });

  // A click beside the reader's menu closes it.
  document.addEventListener("click", function (event) {
    var menu = document.querySelector("details.reader[open]");
    if (menu && !menu.contains(event.target)) { menu.open = false; }
  });
})();
