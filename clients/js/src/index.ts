export { SiarError } from './error.js';
export type { Gap } from './item.js';
export type { RequestOptions, SiarEventSourceOptions, TokenProvider } from './options.js';
export { publish, type NewEvent, type PublishOptions } from './publish.js';
export { SiarErrorEvent, SiarEventSource } from './source.js';
