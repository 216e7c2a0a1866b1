// What every form does: hold its values, show what is wrong with them, say what the server answered.

import { useState } from '../vendor/htm-preact-standalone.mjs';
import { whatHappened } from './explain.mjs';

/** The values of a form, its errors by field, and what the server said at last. */
export function useFields(initial) {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState({});
  const [failure, setFailure] = useState(null);
  const [busy, setBusy] = useState(false);
  const bind = (name) => ({
    id: name, value: values[name], error: errors[name],
    onValue: (value) => setValues((before) => ({ ...before, [name]: value })),
  });
  async function send(found, work) {
    setErrors(found);
    setFailure(null);
    if (Object.keys(found).length) return;
    setBusy(true);
    try {
      await work();
    } catch (error) {
      if (error.param in values) setErrors({ [error.param]: whatHappened(error) });
      else setFailure(error);
    } finally {
      setBusy(false);
    }
  }
  return { values, setValues, bind, failure, busy, send };
}
