// Files that are brought: an area to drop one on, and how far a table is while it is taken in. Without it the plain field and form do.
// Like app.js it knows no language: its words are data-* attributes of the area and of the box, from macros.html.
(function () {
  'use strict';
  const $ = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const worded = (element, name, values) => (element.dataset[name] || '').replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const sized = (bytes) => (bytes >= 1048576 ? (bytes / 1048576).toFixed(1) + ' MB' : Math.ceil(bytes / 1024) + ' KB');

  // --- the area around a file field: [data-drop] holds the field, its .face and a line for what is wrong with a choice
  const areaOf = (event) => event.target.closest && event.target.closest('[data-drop]');
  const brings = (event) => event.dataTransfer && Array.from(event.dataTransfer.types).includes('Files') && $('[data-drop]');

  function show(area) {
    const file = $('input', area).files[0];
    area.classList.add('on');
    $('.face', area).hidden = false;
    $('.chosen', area).textContent = file ? worded(area, 'chosen', { name: file.name, size: sized(file.size) }) : '';
  }
  function wrongWith(area, files) {
    const input = $('input', area);
    const kinds = input.accept.split(',').map((kind) => kind.trim().toLowerCase()).filter((kind) => kind[0] === '.');
    if (files.length > 1 && !input.multiple) return worded(area, 'several', { n: files.length });
    const odd = Array.from(files).find((file) => kinds.length && !kinds.some((kind) => file.name.toLowerCase().endsWith(kind)));
    return odd ? worded(area, 'kind', { name: odd.name, kinds: kinds.join(worded(area, 'between', {})) }) : '';
  }
  function tellWrong(area, text) {
    const line = $('.drop-wrong', area);
    line.textContent = text;
    line.hidden = !text;
    $('input', area).setAttribute('aria-invalid', text ? 'true' : 'false');
  }
  function chosen(area) {   // by hand, or by a drop
    const input = $('input', area);
    const text = wrongWith(area, input.files);
    if (text) input.value = '';
    tellWrong(area, text);
    show(area);
  }
  function dropped(area, files) {   // what is refused leaves what was chosen before
    if (!files.length) return;
    const text = wrongWith(area, files);
    if (text) return tellWrong(area, text);
    $('input', area).files = files;
    $('input', area).dispatchEvent(new Event('change', { bubbles: true }));
  }
  function over(area) {
    all('[data-drop].over').forEach((each) => { if (each !== area) each.classList.remove('over'); });
    if (area) area.classList.add('over');
  }

  // --- a form with a [data-far] box: the same form is sent by this script, which asks meanwhile how far the server is with it. What the
  // server answers is shown as the browser itself would have.
  let putBack = null;   // while a form is on its way, what makes its page as it was before; no other is sent meanwhile

  function begin(event) {
    const form = event.target;
    const box = $('[data-far]', form);
    const button = event.submitter || form.lastButton;
    if (!box || event.defaultPrevented) return;
    if (putBack) return event.preventDefault();
    if (button && 'plain' in button.dataset) return;
    event.preventDefault();
    const data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => ('0' + n.toString(16)).slice(-2)).join('');
    data.append('how_far', key);
    const label = button && button.lastChild;
    const before = label && label.textContent;
    if (button) {   // not `disabled`: that would take the focus away
      button.setAttribute('aria-disabled', 'true');
      label.textContent = worded(box, 'busy', {});
    }
    putBack = () => {
      putBack = null;
      box.hidden = true;
      delete form.dataset.sent;
      if (button) { button.removeAttribute('aria-disabled'); label.textContent = before; }
    };
    const lost = $('[data-lost]', form);
    lost.hidden = true;
    box.hidden = false;
    tellFar(box, 0, 0, 'busy');
    const lose = () => {
      putBack();
      lost.hidden = false;
      $('p', lost).textContent = lost.dataset.lost;   // put in after it is shown, so that it is read out
    };
    const area = $('[data-drop]', form);
    unchanged(area).then(() => post(form, box, data, key, lose), () => { putBack(); chooseAgain(area); });
  }
  // A file that is saved again after it was chosen is never sent by the browser: that must not look like a broken connection.
  const unchanged = async (area) => { if (area && $('input', area).files[0]) await $('input', area).files[0].slice(0, 1).arrayBuffer(); };
  function chooseAgain(area) {
    const input = $('input', area);
    tellWrong(area, worded(area, 'changed', { name: input.files[0].name }));
    input.value = '';
    show(area);
    input.focus();
  }
  function post(form, box, data, key, lose) {
    const request = new XMLHttpRequest();
    const address = new URL(form.getAttribute('action'), location.href).href;
    let over = false;
    request.open('POST', address);
    request.upload.onprogress = (event) => { if (event.lengthComputable) tellFar(box, event.loaded, event.total, 'sending'); };
    request.upload.onload = () => {
      tellFar(box, 0, 0, 'busy');
      if ('asks' in box.dataset) ask(box, key, () => over);
    };
    request.onload = () => {
      if (request.responseURL !== address) location.assign(request.responseURL + (box.dataset.then || ''));   // taken in: the page that says so
      else if (!shown(request)) lose();
    };
    request.onerror = lose;
    request.onloadend = () => { over = true; };
    request.send(data);
  }
  function ask(box, key, isOver) {   // a process that knows nothing of the table answers 404: what was heard last stays
    setTimeout(() => {
      if (isOver()) return;
      const request = new XMLHttpRequest();
      request.open('GET', '/how-far/' + key);
      request.responseType = 'json';
      request.onload = () => { if (request.status === 200 && request.response && !isOver()) tellFar(box, request.response.done, request.response.of, 'busy'); };
      request.onloadend = () => ask(box, key, isOver);
      request.send();
    }, 400);
  }
  function tellFar(box, done, of, what) {
    const bar = $('progress', box);
    const doing = worded(box, what, {});
    $('.doing', box).textContent = doing;
    const figures = !of ? '' : what === 'sending' ? Math.floor(done * 100 / of) + ' %' : worded(box, 'figures', { done, of });
    $('.figures', box).textContent = figures;
    if (of) { bar.max = of; bar.value = done; } else bar.removeAttribute('value');
    const stage = what + (of ? Math.floor(done * 4 / of) : 0);   // a screen reader hears each quarter, not each row
    const heard = $('[role=status]', box);
    if (heard.dataset.stage !== stage) heard.textContent = doing + ' ' + figures;
    heard.dataset.stage = stage;
  }
  function shown(request) {
    const page = new DOMParser().parseFromString(request.responseText, 'text/html');
    if (!$('#main', page)) return false;   // not ours: what a proxy says of a server that went away
    history.replaceState({ form: true }, '');
    history.pushState({ answer: true }, '');   // back leads to the form, as from any answer
    document.title = page.title;
    document.documentElement.lang = page.documentElement.lang;
    document.body.replaceWith(document.adoptNode(page.body));
    putBack = null;
    if (window.htmx) window.htmx.process(document.body);
    window.scrollTo(0, 0);
    $('#main').focus();
    document.dispatchEvent(new Event('page-shown'));
    return true;
  }

  document.addEventListener('change', (event) => { const area = areaOf(event); if (area) chosen(area); });
  document.addEventListener('dragover', (event) => {
    if (!brings(event)) return;
    event.preventDefault();   // also beside the area: a file dropped there must not take the page's place
    const area = areaOf(event);
    event.dataTransfer.dropEffect = area ? 'copy' : 'none';
    over(area);
  });
  document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) over(null); });
  document.addEventListener('drop', (event) => {
    const area = areaOf(event);
    if (!brings(event)) return;
    event.preventDefault();
    over(null);
    if (area) dropped(area, event.dataTransfer.files);
  });
  document.addEventListener('submit', begin);
  if (history.state && history.state.form) history.replaceState(null, '');   // loaded anew: the form stands here again, and what is typed in it stays
  window.addEventListener('popstate', (event) => { if (event.state && event.state.form) location.reload(); });
  window.addEventListener('pageshow', () => {
    if (putBack) putBack();
    all('[data-drop]').forEach(show);   // what the browser chose again on the way back
  });
  const dress = () => all('[data-drop]:not(.on)').forEach(show);
  document.addEventListener('htmx:after:swap', dress);
  document.addEventListener('page-shown', dress);
  dress();
})();
