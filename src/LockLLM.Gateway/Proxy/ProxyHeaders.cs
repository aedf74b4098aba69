using System.Globalization;
using System.Text;
using LockLLM.Contracts;
using LockLLM.Contracts.Scan;
using LockLLM.Gateway.Proxy.Guard;
using LockLLM.Gateway.Proxy.Protocols;
using LockLLM.Gateway.Proxy.Upstream;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy;

/// <summary>What the gateway says about a call, all of it before the first byte of the answer.</summary>
internal static class ProxyHeaders
{
    private const string True = "true";
    private const string False = "false";
    private const string OwnKey = "byok";
    private const string Missed = "MISS";
    private const int MaxModel = 256;

    // No policies exist, so none is violated: docs/decisions/0003.
    private const double PolicyConfidence = 100;

    /// <param name="route">The route that answers; null where the gateway does.</param>
    public static void Write(ProxyExchange exchange, UpstreamRoute? route)
    {
        var headers = exchange.Context.Response.Headers;
        var directives = exchange.Directives;
        headers[HeaderNames.UsedScanMode] = headers[HeaderNames.ScanMode] = directives?.ModeWord ?? ScanModes.Combined;
        headers[HeaderNames.CreditsMode] = OwnKey;
        if ((route?.Target.Provider.Name ?? exchange.ProviderName) is { } provider)
        {
            headers[HeaderNames.Provider] = provider;
        }

        if ((route?.Model ?? exchange.Model) is { Length: > 0 } model)
        {
            headers[HeaderNames.Model] = Printable(model);
        }

        if (route is not null)
        {
            headers[HeaderNames.CacheStatus] = Missed;
        }

        if (directives is { IsHeldFast: true })
        {
            headers[HeaderNames.Locked] = True;
        }

        if (exchange.Report.Unscanned.Any)
        {
            headers[HeaderNames.Unscanned] = exchange.Report.Unscanned.ToString();
        }

        if (exchange.IsBlocked)
        {
            headers[HeaderNames.Blocked] = True;
        }

        if (exchange.Report is GuardReport.Scanned scanned && directives is not null)
        {
            WriteScan(headers, scanned, directives);
            return;
        }

        headers[HeaderNames.Scanned] = False;
        headers[HeaderNames.Safe] = False;
    }

    /// <summary>The verdict as a refusal tells it.</summary>
    public static ScanResult ResultOf(GuardReport.Scanned report, ScanDirectives directives) => new()
    {
        Safe = false,
        Label = 1,
        Confidence = Score.Rounded(report.Score),
        Injection = Score.Rounded(report.Score),
        Sensitivity = directives.SensitivityWord,
        Threats = report.Threats,
        Coverage = CoverageOf(report),
    };

    private static void WriteScan(IHeaderDictionary headers, GuardReport.Scanned report, ScanDirectives directives)
    {
        headers[HeaderNames.Scanned] = report.LeftUnread ? False : True;
        headers[HeaderNames.Safe] = report.IsAttack ? False : True;
        headers[HeaderNames.Label] = report.IsAttack ? "1" : "0";
        headers[HeaderNames.Sensitivity] = directives.SensitivityWord;
        headers[HeaderNames.ScannedParts] = Number(report.Coverage.Parts);
        headers[HeaderNames.ScannedChars] = Number(report.Coverage.Scalars);
        if (report.Coverage.Remembered > 0)
        {
            headers[HeaderNames.RememberedParts] = Number(report.Coverage.Remembered);
        }

        if (report.Coverage.Withheld > 0)
        {
            headers[HeaderNames.WithheldParts] = Number(report.Coverage.Withheld);
        }

        if (report.InContext.Count > 0)
        {
            headers[HeaderNames.ContextWarning] = string.Join(',', report.InContext.Select(TextOrigins.Word));
        }

        if (directives.AsksPolicies)
        {
            headers[HeaderNames.PolicyConfidence] = Score.Header(PolicyConfidence);
        }

        if (!report.IsAttack)
        {
            return;
        }

        headers[HeaderNames.ScanWarning] = True;
        headers[HeaderNames.InjectionScore] = Score.Header(report.Score);
        headers[HeaderNames.Confidence] = Score.Header(report.Score);
        headers[HeaderNames.ScanDetail] = ScanDetail.Encode(new ScanWarning
        {
            Message = report.Sentence!,
            InjectionScore = Score.Rounded(report.Score),
            Confidence = Score.Rounded(report.Score),
            Label = 1,
            Threats = report.Threats,
            Coverage = CoverageOf(report),
        });
    }

    private static ScanCoverage CoverageOf(GuardReport.Scanned report)
    {
        var scalars = (int)Math.Min(int.MaxValue, report.Coverage.Scalars);
        return new ScanCoverage(scalars, scalars);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Names come from callers; what a header cannot carry is escaped as in an address.
    private static string Printable(string name)
    {
        if (name.Length <= MaxModel && !name.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return name;
        }

        var printable = new StringBuilder(MaxModel);
        foreach (var unit in Encoding.UTF8.GetBytes(name))
        {
            if (printable.Length >= MaxModel - 2)
            {
                break;
            }

            _ = unit is >= (byte)' ' and <= (byte)'~' and not (byte)'%'
                ? printable.Append((char)unit)
                : printable.Append(CultureInfo.InvariantCulture, $"%{unit:X2}");
        }

        return printable.ToString().Trim();
    }
}
