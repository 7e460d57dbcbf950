export { ACCESS_TOKEN_SECONDS, API_RESOURCE } from './api-resource.js';
export { CLI_CLIENT_ID, PORTAL_CLIENT_ID, type IdentityClients } from './clients.js';
export { DEMO_PASSWORD, demoPeople, type DemoPerson } from './demo-people.js';
export { DemoTokens } from './demo-tokens.js';
export { startIdentity, type Identity, type IdentityOptions } from './start-identity.js';
