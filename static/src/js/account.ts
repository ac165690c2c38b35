// Passkeys, and the code of a library card that came with an address. Everything else
// of the account pages works without a script; here the browser itself is the door.

type Plain = Record<string, any>;

function bytes(text: string): ArrayBuffer {
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out.buffer;
}

function text(value: ArrayBuffer | null | undefined): string | undefined {
  if (!value) return undefined;
  let raw = '';
  new Uint8Array(value).forEach((one) => {
    raw += String.fromCharCode(one);
  });
  return btoa(raw).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

const known = (list: Plain[] | undefined): Plain[] => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function make(options: Plain): Promise<Plain> {
  const o = options.publicKey;
  const publicKey = { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: known(o.excludeCredentials) };
  const made = (await navigator.credentials.create({ publicKey: publicKey as any })) as PublicKeyCredential;
  const answer = made.response as AuthenticatorAttestationResponse;
  return {
    id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults(),
    response: { clientDataJSON: text(answer.clientDataJSON), attestationObject: text(answer.attestationObject), transports: answer.getTransports ? answer.getTransports() : [] },
  };
}

async function show(options: Plain): Promise<Plain> {
  const o = options.publicKey;
  const publicKey = { ...o, challenge: bytes(o.challenge), allowCredentials: known(o.allowCredentials) };
  const shown = (await navigator.credentials.get({ publicKey: publicKey as any })) as PublicKeyCredential;
  const answer = shown.response as AuthenticatorAssertionResponse;
  return {
    id: shown.id, rawId: text(shown.rawId), type: shown.type, clientExtensionResults: shown.getClientExtensionResults(),
    response: {
      clientDataJSON: text(answer.clientDataJSON), authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature), userHandle: text(answer.userHandle),
    },
  };
}

// A form with data-passkey asks the device, puts its answer into a hidden field and is
// sent as any other form.
function passkey(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>('button');
  const field = form.querySelector<HTMLInputElement>('input[name=answer]');
  const without = document.getElementById('os-nopasskey');
  const failed = document.getElementById('os-passkey-failed');
  if (!button || !field || !window.PublicKeyCredential || !navigator.credentials) return;
  if (without) without.hidden = true;
  button.hidden = false;
  let ready = false;
  form.addEventListener('submit', async (event) => {
    if (ready) return;
    event.preventDefault();
    button.disabled = true;
    if (failed) failed.hidden = true;
    try {
      const begun = await fetch(form.dataset.begin || '', { method: 'POST', body: new URLSearchParams(label(form)), credentials: 'same-origin', headers: { Accept: 'application/json' } });
      if (begun.redirected) {
        location.assign(begun.url);
        return;
      }
      if (!begun.ok) throw new Error(String(begun.status));
      const options = (await begun.json()) as Plain;
      field.value = JSON.stringify(await (form.dataset.passkey === 'make' ? make(options) : show(options)));
      ready = true;
      HTMLFormElement.prototype.submit.call(form);
    } catch {
      if (failed) failed.hidden = false;
      button.disabled = false;
    }
  });
}

function label(form: HTMLFormElement): Record<string, string> {
  const field = form.querySelector<HTMLInputElement>('input[name=label]');
  return field ? { label: field.value } : {};
}

// The code of a card stands after # in its address, so that no server writes it down.
function card(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>('input[name=card]');
  const code = decodeURIComponent(location.hash.slice(1));
  if (!field || !/^OSV1/i.test(code)) return;
  history.replaceState(null, '', location.pathname + location.search);
  field.value = code;
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
  if (button) button.focus();
}

document.querySelectorAll<HTMLFormElement>('form[data-passkey]').forEach(passkey);
document.querySelectorAll<HTMLFormElement>('form[data-card]').forEach(card);
