// Language, theme, the home screen, signing out.

import { html, useState } from '../vendor/htm-preact-standalone.mjs';
import { href } from './router.mjs';
import { app, install, mayOfferInstall, setLang, setTheme, signOut, t } from './state.mjs';
import { Failure, Press, Row, Screen, Segments } from './ui.mjs';

export function Settings() {
  const [error, setError] = useState(null);
  const { payer } = app;
  const leave = async () => {
    setError(null);
    await signOut().catch(setError);
  };
  return html`<${Screen} title=${t('settings.title')} back=${href('home')}>
    <${Failure} error=${error} />
    <dl>
      <${Row} label=${t('sign.name')}>${payer.name}<//>
      <${Row} label=${t('sign.email')}>${payer.email}<//>
      <${Row} label=${t('sign.world')}>${payer.mode === 'test' ? t('sign.test') : t('sign.live')}<//>
    </dl>
    <${Segments} name="lang" legend=${t('settings.language')} value=${app.lang} onValue=${setLang}
      options=${[{ value: 'ko', label: '한국어' }, { value: 'en', label: 'English' }]} />
    <${Segments} name="theme" legend=${t('settings.theme')} value=${app.theme} onValue=${setTheme}
      options=${[{ value: 'system', label: t('settings.system') }, { value: 'light', label: t('settings.light') }, { value: 'dark', label: t('settings.dark') }]} />
    ${mayOfferInstall() && html`<section class="offer"><p>${t('settings.installWhy')}</p>
      <button type="button" class="btn l" onClick=${install}>${t('settings.install')}</button></section>`}
    <section class="sign-out"><${Press} cls="btn l" onPress=${leave}>${t('settings.signOut')}<//>
      <p class="hint">${t('settings.signOutHint')}</p></section>
  <//>`;
}
