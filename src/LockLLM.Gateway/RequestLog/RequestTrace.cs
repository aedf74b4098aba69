using System.Diagnostics;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Puts on the span of a request what its record says.</summary>
internal static class RequestTrace
{
    public static void Describe(RequestRecord record)
    {
        if (Activity.Current is not { IsAllDataRequested: true } activity)
        {
            return;
        }

        activity.SetTag("lockllm.log_id", record.Id);
        activity.SetTag("lockllm.kind", RequestLogWords.Of(record.Kind));
        activity.SetTag("lockllm.status", RequestLogWords.Of(record.Status));
        activity.SetTag("lockllm.account_id", record.AccountId);
        activity.SetTag("lockllm.api_key_id", record.ApiKeyId);
        activity.SetTag("lockllm.error_code", record.ErrorCode);
        activity.SetTag("lockllm.safe", record.IsSafe);
        activity.SetTag("lockllm.injection", record.Injection);
        activity.SetTag("lockllm.threat_category", record.ThreatCategory);
        activity.SetTag("lockllm.prompt_length", record.PromptLength);
        activity.SetTag("lockllm.scan_ms", record.ScanMilliseconds);
    }
}
