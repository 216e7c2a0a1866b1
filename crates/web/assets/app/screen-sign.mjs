// Signing up and signing in.

import { html } from '../vendor/htm-preact-standalone.mjs';
import { digitsOf } from './format.mjs';
import { href } from './router.mjs';
import { app, changed, signIn, signUp, t } from './state.mjs';
import { useFields } from './fields.mjs';
import { Failure, Field, Form, Mark, Press, Screen, Segments } from './ui.mjs';

const PASSWORD_LENGTH_MIN = 10;
const PIN_LENGTH = 6;
const pinDigits = (text) => digitsOf(text, PIN_LENGTH);

function askedMode() {
  return app.askedMode ?? app.config.mode;
}

function ModeSwitch() {
  const choose = (mode) => {
    app.askedMode = mode;
    changed();
  };
  return html`<${Segments} quiet name="mode" legend=${t('sign.world')} value=${askedMode()} onValue=${choose}
    options=${[{ value: 'test', label: t('sign.test') }, { value: 'live', label: t('sign.live') }]} />`;
}

const looksLikeEmail = (text) => /^\S+@\S+\.\S+$/.test(text.trim());

export function SignIn() {
  const { values, setValues, bind, failure, busy, send } = useFields({ email: '', password: '' });
  const submit = () => send({
    ...(looksLikeEmail(values.email) ? {} : { email: t('sign.emailWrong') }),
    ...(values.password ? {} : { password: t('sign.passwordMissing') }),
  }, () => signIn({ email: values.email.trim(), password: values.password, mode: askedMode() }));
  const take = (login) => {
    setValues({ email: login.email, password: login.password });
    app.askedMode = login.mode;
    changed();
  };
  return html`<${Screen} title=${t('sign.in')} lead=${html`<${Mark} />`}>
    <p class="intro">${t('sign.intro')}</p>
    <${Form} onSubmit=${submit}>
      <${Failure} error=${failure} money=${false} />
      <${Field} ...${bind('email')} label=${t('sign.email')} type="email" inputmode="email" autocomplete="username" autocapitalize="none" required />
      <${Field} ...${bind('password')} label=${t('sign.password')} type="password" autocomplete="current-password" required />
      <${Press} type="submit" busy=${busy}>${t('sign.in')}<//>
    <//>
    <p class="other">${t('sign.newHere')} <a href=${href('signUp')}>${t('sign.up')}</a></p>
    ${app.config.demo?.length > 0 && html`<section class="demo" aria-labelledby="demo-title">
      <h2 id="demo-title">${t('sign.demo')}</h2>
      <ul>${app.config.demo.map((login) => html`<li key=${login.email}><button type="button" class="plain" onClick=${() => take(login)}>
        <b>${login.name}</b><span>${login.email}</span><span>${t('sign.demoPin', { pin: login.pin })}</span>
      </button></li>`)}</ul>
    </section>`}
    <${ModeSwitch} />
  <//>`;
}

function wrongsOfSignUp({ email, name, password, pin, pin2 }) {
  const found = {};
  if (!looksLikeEmail(email)) found.email = t('sign.emailWrong');
  if (!name.trim()) found.name = t('sign.nameMissing');
  if ([...password].length < PASSWORD_LENGTH_MIN) found.password = t('sign.passwordShort');
  if (pin.length !== PIN_LENGTH) found.pin = t('sign.pinShort');
  else if (pin !== pin2) found.pin2 = t('sign.pinDiffers');
  return found;
}

export function SignUp() {
  const { values, bind, failure, busy, send } = useFields({ email: '', name: '', password: '', pin: '', pin2: '' });
  const submit = () => send(wrongsOfSignUp(values), () => signUp({
    email: values.email.trim(), name: values.name.trim(), password: values.password, pin: values.pin, mode: askedMode(),
  }));
  const pin = { type: 'password', inputmode: 'numeric', autocomplete: 'off', maxlength: PIN_LENGTH, format: pinDigits, required: true };
  return html`<${Screen} title=${t('sign.up')} back=${href('signIn')}>
    <${Form} onSubmit=${submit}>
      <${Failure} error=${failure} money=${false} />
      <${Field} ...${bind('email')} label=${t('sign.email')} type="email" inputmode="email" autocomplete="username" autocapitalize="none" required />
      <${Field} ...${bind('name')} label=${t('sign.name')} autocomplete="name" required />
      <${Field} ...${bind('password')} label=${t('sign.password')} hint=${t('sign.passwordHint')} type="password" autocomplete="new-password" required />
      <div class="pair">
        <${Field} ...${bind('pin')} label=${t('sign.pin')} ...${pin} />
        <${Field} ...${bind('pin2')} label=${t('sign.pinAgain')} ...${pin} />
      </div>
      <p class="hint">${t('sign.pinHint')}</p>
      <${Press} type="submit" busy=${busy}>${t('sign.up')}<//>
    <//>
    <p class="other">${t('sign.haveOne')} <a href=${href('signIn')}>${t('sign.in')}</a></p>
    <${ModeSwitch} />
  <//>`;
}
