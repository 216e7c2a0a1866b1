// The classic build: one global, and the error class on it.
import { Steelyard } from './steelyard.mjs';

globalThis.Steelyard = Steelyard;
