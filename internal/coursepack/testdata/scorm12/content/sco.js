// A SCO as authoring tools write them: it climbs through the pages around it for the API,
// keeps things in storage and cookies, and (this one) also tries what it must not do.
var api = null;

function find(win) {
  var tries = 0;
  while (win.API == null && win.parent != null && win.parent != win) {
    if (++tries > 7) return null;
    win = win.parent;
  }
  return win.API;
}

function blocked(act) {
  try {
    act();
    return 'done';
  } catch (e) {
    return 'blocked';
  }
}

function begin() {
  api = find(window.parent);
  if (api == null && window.opener != null) api = find(window.opener);
  if (api == null) {
    document.getElementById('said').textContent = 'no API';
    return;
  }
  api.LMSInitialize('');
  localStorage.setItem('a', '1');
  document.cookie = 'seen=1';
  if (api.LMSGetValue('cmi.core.entry') === 'resume' && api.LMSGetValue('cmi.suspend_data').indexOf('place=3') === 0) {
    api.LMSSetValue('cmi.core.score.raw', '100');
    api.LMSSetValue('cmi.core.lesson_status', 'passed');
    api.LMSCommit('');
    return;
  }
  var top = blocked(function () { window.top.location.href = '/privacy'; });
  var cookies = blocked(function () { return window.top.document.cookie; });
  fetch('/me/data', { credentials: 'include' }).then(function (r) { return 'read ' + r.status; }, function () { return 'blocked'; }).then(function (me) {
    api.LMSSetValue('cmi.suspend_data', 'place=3;top=' + top + ';cookies=' + cookies + ';fetch=' + me + ';storage=' + localStorage.getItem('a') + ';jar=' + document.cookie);
    api.LMSSetValue('cmi.core.lesson_location', '3');
    api.LMSSetValue('cmi.core.score.min', '0');
    api.LMSSetValue('cmi.core.score.max', '100');
    api.LMSSetValue('cmi.core.score.raw', '80');
    api.LMSSetValue('cmi.core.session_time', '0000:01:30.00');
    api.LMSSetValue('cmi.core.lesson_status', 'completed');
    api.LMSCommit('');
    document.getElementById('said').textContent = api.LMSGetValue('cmi.suspend_data');
  });
}
