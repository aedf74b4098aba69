// What the official package's parser reads from an answer, on standard output as JSON. The coded form of the three details,
// which it repeats beside the decoded one, is left out.
const { parseProxyMetadata } = require('@lockllm/sdk');

const call = JSON.parse(process.argv[2]);
(async () => {
  const response = await fetch(call.url);
  const metadata = parseProxyMetadata(response.headers);
  for (const part of ['scan_warning', 'policy_warnings', 'abuse_detected']) {
    if (metadata[part]) {
      delete metadata[part].detail;
    }
  }
  process.stdout.write(JSON.stringify(metadata));
})();
