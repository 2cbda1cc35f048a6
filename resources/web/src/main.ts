/** Puts the parts together: the relay tells the store, the store is drawn, and the browser's own events wake the link. */

import './base.css';

import './app';
import { memoryOfBrowser } from './memory';
import { PACE, Relay } from './relay';
import { Store } from './store';
import { preferredLanguage, speak } from './words';

async function main(): Promise<void> {
  const memory = memoryOfBrowser();
  const language = preferredLanguage(memory, navigator.languages);
  await speak(language);
  document.documentElement.lang = language;

  const store = new Store(Date.now(), (run) => requestAnimationFrame(run));
  const relay = new Relay(store.send, {
    origin: location.origin,
    fetch: (...args) => fetch(...args),
    now: () => Date.now(),
    random: () => Math.random(),
    memory,
    pace: PACE,
  });
  const app = document.createElement('intercom-app');
  app.relay = relay;
  app.store = store;
  app.memory = memory;
  document.body.append(app);
  relay.start();

  addEventListener('online', () => relay.check());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') relay.check();
  });
  // A part that is no longer there: the home was upgraded under the open page, which has to be fetched anew.
  addEventListener('vite:preloadError', () => location.reload());
  // The type is large and comes last: until then the system's own serves.
  void import('./type.css');
}

void main();
