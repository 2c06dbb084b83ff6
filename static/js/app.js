// The hand-written script of every page, beside files.js. Every page works without it; it knows no language: its words are data-say-* attributes of <body>.
// Plain ES2018 (it also runs where htmx cannot, on Chromium 78), no eval, delegated events, so that it survives swaps.
(function () {
  'use strict';
  const $ = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const words = (name, values) => (document.body.dataset['say' + name] || '').replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const typing = (event) => event.isComposing || event.target.closest('input,textarea,select,[contenteditable]');

  function make(tag, attributes, text) {
    const element = document.createElement(tag);
    Object.keys(attributes || {}).forEach((name) => element.setAttribute(name, attributes[name]));
    if (text) element.textContent = text;
    return element;
  }

  // --- telling: a line for screen readers in the live region that also holds the toasts
  function say(text, seen) {
    const region = $('#toasts');
    if (!region || !text) return;
    const line = make('div', { class: seen ? 'toast' : 'vh' }, text);
    region.append(line);
    if (!seen) setTimeout(() => line.remove(), 5000);
  }

  // --- toasts: gone after ten seconds unless the pointer or the focus is on them; what they offer is also on the page
  function age(toast) {
    if (toast.dataset.ageing) return;
    toast.dataset.ageing = 'yes';
    let left = 10;
    const clock = setInterval(() => {
      if (!toast.isConnected) clearInterval(clock);
      else if (!toast.matches(':hover') && !toast.contains(document.activeElement) && --left <= 0) toast.remove();
    }, 1000);
  }
  function watchToasts() {
    const region = $('#toasts');
    if (!region) return;
    all('.toast', region).forEach((toast) => {   // there before the page was read out: put in anew, so that it is announced
      toast.remove();
      setTimeout(() => region.append(toast), 150);
    });
    new MutationObserver(() => {
      const toasts = all('.toast', region);
      toasts.slice(0, -1).forEach((older) => older.remove());
      toasts.slice(-1).forEach(age);
    }).observe(region, { childList: true });
  }

  // --- asking before acts with consequences: <form data-confirm="…"> or <button data-confirm="…">; "confirmed=1" tells the server that
  // it was asked here. Without a script the server asks on a page of its own.
  function confirmFirst(event) {
    const form = event.target;
    const button = event.submitter || form.lastButton;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (!question || form.dataset.confirmed || !window.HTMLDialogElement) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const dialog = make('dialog', { 'aria-labelledby': 'confirm-text' });
    const box = make('div', { class: 'confirm' });
    const row = make('div', { class: 'row' });
    const no = make('button', { type: 'button', class: 'btn', autofocus: '' }, words('Cancel', {}));
    const yes = make('button', { type: 'button', class: 'btn primary' }, (button && (button.dataset.confirmLabel || button.textContent.trim())) || '');
    row.append(no, yes);
    box.append(make('p', { id: 'confirm-text' }, question), row);
    dialog.append(box);
    document.body.append(dialog);
    no.addEventListener('click', () => dialog.close());
    yes.addEventListener('click', () => {
      const answer = make('input', { type: 'hidden', name: 'confirmed', value: '1' });
      form.append(answer);
      form.dataset.confirmed = 'yes';
      dialog.close();
      form.requestSubmit(button && button.form === form ? button : undefined);
      delete form.dataset.confirmed;
      setTimeout(() => answer.remove(), 500);   // htmx reads the form a little later
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (button && button.isConnected) button.focus();
    });
    dialog.showModal();
  }

  // --- a second click on a plain form's button does not send it twice (htmx guards its own)
  function onceOnly(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post') return;
    if (!window.htmx) delete form.dataset.unsaved;   // notes saved by their button leave the page
    delete form.dataset.typed;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
    setTimeout(() => delete form.dataset.sent, 8000);
  }

  // --- order: each item of a plain form has buttons named direction=up|down; Alt+Arrow anywhere in the item presses them.
  // After the swap the focus stays with the item and its new place is told.
  let moved = null;
  function rememberMove(event) {
    const button = event.submitter || event.target.lastButton;
    const item = button && button.closest('.move') && button.closest('[data-item]');
    moved = item ? { item: item.dataset.item, direction: button.value } : null;
  }
  function moveByKey(event) {
    const item = event.altKey && !typing(event) && event.target.closest('[data-item]');
    const direction = { ArrowUp: 'up', ArrowDown: 'down' }[event.key];
    if (!item || !direction) return;
    const button = $('.move button[value=' + direction + ']', item);
    if (!button) return;
    event.preventDefault();
    if (!button.disabled) button.click();
  }
  function settleMove() {
    const item = moved && all('[data-item]').find((each) => each.dataset.item === moved.item);
    if (item) {
      const button = $('.move button[value=' + moved.direction + ']:not(:disabled)', item) || $('.move button:not(:disabled)', item);
      if (button) button.focus();
      const items = all('[data-item]', item.parentElement);
      say(words('Moved', { n: items.indexOf(item) + 1, of: items.length }));
    }
    moved = null;
  }

  // --- more rows: <div data-rows="people">…</div> <template data-row="people">…__n__…</template> <button data-add-row="people" hidden>
  function addRow(button) {
    const name = button.dataset.addRow;
    const rows = $('[data-rows="' + name + '"]');
    const row = $('template[data-row="' + name + '"]').content.cloneNode(true);
    const next = Number(rows.dataset.next || rows.children.length);
    all('*', row).forEach((element) => Array.from(element.attributes).forEach((attribute) => {
      attribute.value = attribute.value.replace(/__n__/g, next);
    }));
    rows.dataset.next = next + 1;
    const first = $('input:not([type=hidden]),select,textarea', row);
    rows.append(row);
    if (first) first.focus();
  }

  // --- the chosen day in words beside a native date input; the server worded the day the page came with
  function wordDate(input) {
    const hint = document.getElementById(input.id + '-words');
    if (!hint || !window.Intl || !Intl.RelativeTimeFormat) return;
    const day = input.value && new Date(input.value + 'T00:00:00Z');
    if (!day || isNaN(day)) { hint.textContent = ''; return; }
    const lang = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang;
    const full = new Intl.DateTimeFormat(lang, { timeZone: 'UTC', year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' }).format(day);
    const days = Math.round((day - new Date(document.body.dataset.today + 'T00:00:00Z')) / 864e5);
    hint.textContent = full + ' · ' + new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }).format(days, 'day');
  }

  // --- a button that names how many boxes are ticked: <button data-count="name" data-count-one="…{n}…" data-count-many="…{n}…"><span>…
  function countTicked(box) {
    const button = box.form && $('button[data-count="' + box.name + '"]', box.form);
    if (!button) return;
    const n = all('input[name="' + box.name + '"]:checked', box.form).length;
    $('span', button).textContent = button.dataset[n === 1 ? 'countOne' : 'countMany'].replace('{n}', n);
    button.disabled = n === 0;
  }

  // --- notes that save themselves (form[data-autosave]) half a second after typing, one save at a time: the answer brings the version that
  // the next one speaks of. A save without an answer is sent again after growing pauses, and says what was tried before, which the server may
  // have kept. What is typed stays in the page alone; nothing is stored in the browser.
  const notes = new WeakMap();   // form -> { typing: timer, again: timer, busy, sent: text on its way, tried: text without an answer, lost: how often }
  const PAUSES = [2, 4, 8, 15, 30];
  let waiting = null;   // what was pressed while notes were unsaved: it goes on once they are saved
  function noteOf(form) {
    if (!notes.has(form)) notes.set(form, {});
    return notes.get(form);
  }
  const isDisputed = (form) => Boolean($('[data-theirs]', form));
  function typed(event) {
    const form = event.target.closest('form[data-autosave]');
    if (!form || event.target.type === 'hidden') return;
    form.dataset.unsaved = 'yes';
    clearTimeout(noteOf(form).typing);
    noteOf(form).typing = setTimeout(() => saveNotes(form), 500);
  }
  function saveNotes(form) {
    const note = noteOf(form);
    if (!form.isConnected || note.busy || note.again || isDisputed(form) || !form.dataset.unsaved || !window.htmx) return;
    const tried = $('input[name=tried]', form);
    tried.disabled = note.tried === undefined;
    tried.value = note.tried === undefined ? '' : note.tried;
    form.requestSubmit();
  }
  function notesSent(form) {
    const note = noteOf(form);
    note.busy = true;
    note.sent = $('textarea', form).value;
  }
  function notesAnswered(form, status) {
    const note = noteOf(form);
    note.busy = false;
    note.lost = 0;
    $('.away', form).textContent = '';
    delete form.dataset.away;
    if (status >= 400) {   // 409 and 422 say what to do beside the field
      form.dataset.unsaved = 'yes';
      if (status === 409 || status === 422) delete note.tried;
      goOn(false);
    } else {
      delete note.tried;
      if ($('textarea', form).value === note.sent) delete form.dataset.unsaved;
      else saveNotes(form);
      goOn(true);
    }
  }
  function notesLost(form) {
    const note = noteOf(form);
    if (note.again) return;
    note.busy = false;
    note.tried = note.sent;
    form.dataset.unsaved = form.dataset.away = 'yes';
    const pause = PAUSES[Math.min(note.lost || 0, PAUSES.length - 1)];
    note.lost = (note.lost || 0) + 1;
    $('.away', form).textContent = words('Away', { n: pause });
    note.again = setTimeout(() => notesAgain(form), pause * 1000);
    goOn(false);
  }
  function notesAgain(form) {
    clearTimeout(noteOf(form).again);
    delete noteOf(form).again;
    saveNotes(form);
  }
  function autosaving(event) {
    const form = event.detail.ctx && event.detail.ctx.sourceElement;
    return form && form.matches && form.matches('form[data-autosave]') ? form : null;
  }
  // Two wrote at once: both texts are shown, and nothing is saved until somebody says how they go together.
  function bringTogether(button) {
    const form = button.closest('form');
    const field = $('textarea', form);
    const theirs = $('[data-theirs]', form);
    const mine = field.value;
    if (button.dataset.merge === 'theirs') field.value = theirs.textContent;
    if (button.dataset.merge === 'both') field.value = [theirs.textContent, mine].filter(Boolean).join('\n\n');
    theirs.removeAttribute('data-theirs');
    form.dataset.unsaved = 'yes';
    saveNotes(form);
    field.focus();
  }
  // Another form of the page is sent, or swaps the region in which notes stand: they are saved first, so that no word is lost.
  function notesFirst(event) {
    const form = event.target;
    const undecided = form.closest('#running') && !form.matches('.decide,[data-autosave]') && undecidedText('#running ');
    if (undecided) {
      event.preventDefault();
      event.stopImmediatePropagation();
      say(words('Decidefirst', {}), true);
      return undecided.focus();
    }
    const open = form.matches('[data-autosave]') ? [] : all('form[data-unsaved]');
    if (!open.length || !window.htmx) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form, button: event.submitter || form.lastButton };
    if (open.some(isDisputed)) return goOn(false);
    open.forEach((one) => { clearTimeout(noteOf(one).typing); if (noteOf(one).again) notesAgain(one); else saveNotes(one); });
  }
  const undecidedText = (where) => all(where + 'form.decide:not([data-sent]) textarea').find((field) => field.value.trim());
  function goOn(saved) {
    if (!waiting || (saved && $('form[data-unsaved]'))) return;
    const { form, button } = waiting;
    waiting = null;
    if (!saved) say(words('Notesfirst', {}), true);
    else if (form.isConnected) form.requestSubmit(button && button.form === form ? button : undefined);
  }

  // --- how sentences of minutes begin: a button puts its words where the cursor stands in the form's field, as if they were typed
  function putStem(button) {
    const field = $('textarea', button.closest('.sec-row') || button.form);
    field.focus();
    if (!document.execCommand('insertText', false, button.dataset.stem)) {
      field.setRangeText(button.dataset.stem, field.selectionStart, field.selectionEnd, 'end');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }

  // --- "/" leads to the search: to its field, or where the window is too narrow for one to its page
  function seek(event) {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing(event) || $('dialog[open]')) return;
    const shown = all('[data-slash]').find((element) => element.offsetParent);
    if (!shown) return;
    event.preventDefault();
    shown.focus();
    if (shown.matches('a')) shown.click();
    else shown.select();
  }

  function closeMenus(except) {
    all('details.account[open]').forEach((menu) => { if (!except || !menu.contains(except)) menu.open = false; });
  }
  function focusMarked() {   // the error summary of a refused form, or whatever the server wants read first
    const marked = $('[data-focus]');
    if (!marked) return;
    marked.removeAttribute('data-focus');
    marked.tabIndex = -1;
    marked.focus();
  }
  function ready() {
    all('button[data-add-row],[data-stems]').forEach((element) => { element.hidden = false; });
    if (window.htmx) all('[data-save-notes]').forEach((element) => { element.hidden = true; });
    focusMarked();
  }

  document.addEventListener('submit', notesFirst, true);
  document.addEventListener('submit', confirmFirst, true);
  document.addEventListener('submit', rememberMove, true);
  document.addEventListener('submit', onceOnly);
  document.addEventListener('keydown', moveByKey);
  document.addEventListener('keydown', seek);
  document.addEventListener('keydown', (event) => {
    const menu = event.key === 'Escape' && event.target.closest('details.account[open]');
    if (event.key === 'Escape') closeMenus();
    if (menu) $('summary', menu).focus();
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button && button.form) button.form.lastButton = button;   // SubmitEvent.submitter is missing before Chromium 81
    if (button && button.dataset.addRow) addRow(button);
    if (button && button.dataset.stem) putStem(button);
    if (button && button.dataset.merge) bringTogether(button);
    closeMenus(event.target);
  });
  document.addEventListener('change', (event) => {
    if (event.target.matches('input[type=date]')) wordDate(event.target);
    if (event.target.matches('input[type=checkbox]')) countTicked(event.target);
  });
  window.addEventListener('pageshow', () => all('form[data-sent]').forEach((form) => { delete form.dataset.sent; }));

  document.addEventListener('htmx:config:request', (event) => {
    const token = $('meta[name=csrf-token]');
    if (token) event.detail.ctx.request.headers['X-CSRF-Token'] = token.content;
  });
  document.addEventListener('input', typed);
  document.addEventListener('input', (event) => {   // a form without autosave warns before what was typed in it is left behind
    const form = event.target.closest('form[data-kept-here]');
    if (form) form.dataset.typed = 'yes';
  });
  document.addEventListener('htmx:config:request', (event) => {
    const form = autosaving(event);
    if (!form) return;
    event.detail.ctx.request.headers['X-Autosave'] = '1';   // a session that has ended must not take the page away from under the typing
    notesSent(form);
  });
  document.addEventListener('htmx:after:request', (event) => {
    const form = autosaving(event);
    if (!form) return;
    const status = event.detail.ctx.response.status;
    if (status < 500) return notesAnswered(form, status);
    event.preventDefault();   // no answer of ours: what stands beside the field stays
    notesLost(form);
  });
  document.addEventListener('htmx:error', (event) => {
    const form = autosaving(event);
    if (form) notesLost(form);
  });
  document.addEventListener('visibilitychange', () => {   // back from signing in again in another tab
    if (!document.hidden) all('form[data-unsaved]').forEach(saveNotes);
  });
  window.addEventListener('online', () => all('form[data-away]').forEach(notesAgain));
  window.addEventListener('beforeunload', (event) => {
    if (!$('form[data-unsaved],form[data-kept-here][data-typed]') && !undecidedText('')) return;
    event.preventDefault();
    event.returnValue = '';   // what browsers before Chromium 119 ask for
  });
  document.addEventListener('page-shown', () => { watchToasts(); ready(); });   // files.js
  document.addEventListener('htmx:after:swap', () => { ready(); settleMove(); });
  document.addEventListener('htmx:error', (event) => { if (!autosaving(event)) say(words('Offline', {}), true); });

  watchToasts();
  ready();
})();
