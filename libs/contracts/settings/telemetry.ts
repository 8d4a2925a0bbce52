import type { Setting } from './setting.js';

const LISTENING = {
  kind: 'text',
  pattern: /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d{1,5}$/i,
  form: 'an IP address and a port, as 127.0.0.1:9464',
} as const;

/** What is told of the programs. */
export const TELEMETRY_SETTINGS = [
  {
    name: 'SLUICE_LOG_LEVEL',
    default: 'info',
    type: { kind: 'choice', values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] },
    meaning: 'Least severe line that is logged: trace, debug, info, warn, error, fatal or silent.',
    readBy: ['api', 'worker'],
  },
  {
    name: 'SLUICE_METRICS_ADDRESS',
    type: LISTENING,
    meaning:
      'IP address and port, as 127.0.0.1:9464, at which a worker shows its figures under /metrics; nowhere where it is unset. The API has its own at its own port.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_SDK_METRICS_ADDRESS',
    type: LISTENING,
    meaning: "IP address and port at which a worker shows the figures of Temporal's SDK under /metrics.",
    readBy: ['worker'],
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    type: { kind: 'url' },
    meaning:
      'Collector of OpenTelemetry, by OTLP over HTTP, as http://127.0.0.1:4318: spans go there. Nothing is traced where it is unset. The other variables of its standard hold too.',
    readBy: ['api', 'worker'],
  },
] as const satisfies readonly Setting[];
