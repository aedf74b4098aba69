using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using LockLLM.Contracts;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Analytics;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Benchmarks;

/// <summary>
/// How long the log, the pages over it and its export take with so many records of one account, and a fifth as many of others. The records
/// are written as the gateway writes them; the gateway that reads them is a process of its own.
/// </summary>
internal static partial class LogReads
{
    private const string Key = "llm_loadtest0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private const string Email = "owner@example.com";
    private const string Password = "violet canary sings 7261";
    private const int Batch = 2000;
    private const int Days = 30;

    private static readonly (string Name, double Share, string[] Models)[] s_providers =
    [
        ("openai", 0.55, ["gpt-4o", "gpt-4o-mini", "gpt-5", "o3"]), ("anthropic", 0.25, ["claude-sonnet-4-5", "claude-haiku-4-5"]), ("gemini", 0.10, ["gemini-2.5-pro"]),
        ("mistral", 0.06, ["mistral-large"]), ("cohere", 0.03, ["command-r"]), ("groq", 0.01, ["llama-3.3-70b"]),
    ];

    private static readonly string[] s_categories = ["prompt_injection", "jailbreak", "system_prompt_extraction", "tool_abuse", "obfuscation"];

    private static readonly string[] s_errors = ["upstream_error", "scan_failed", "upstream_timeout", "no_upstream_key"];

    private static readonly string[] s_keys = [.. Enumerable.Range(0, 20).Select(static i => string.Create(CultureInfo.InvariantCulture, $"key_{i:x20}"))];

    /// <param name="connection">Of an empty PostgreSQL database; without one SQLite in a temporary folder.</param>
    public static async Task RunAsync(int records, string? connection)
    {
        var folder = Directory.CreateTempSubdirectory("lockllm-logs-");
        try
        {
            string[] database = connection is null ? [] : ["--LockLLM:Database:Provider=Postgres", "--LockLLM:Database:ConnectionString=" + connection];
            await FillAsync(records, folder.FullName, connection);
            await MeasureAsync(folder.FullName, database);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task FillAsync(int count, string folder, string? connection)
    {
        var options = new GatewayOptions { DataDirectory = folder, Bootstrap = { ApiKey = Key, OwnerEmail = Email, OwnerPassword = Password } };
        if (connection is not null)
        {
            options.Database.Provider = DatabaseProvider.Postgres;
            options.Database.ConnectionString = connection;
        }

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddInstallation(options);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<FirstRun>().OpenAsync(null, TextWriter.Null, CancellationToken.None);
        var account = provider.GetRequiredService<AccountSnapshots>().All.Single().AccountId;
        var random = new Random(20260301);
        var (now, watch) = (TimeProvider.System.GetUtcNow(), Stopwatch.StartNew());
        for (var from = 0; from < count; from += Batch)
        {
            RequestRecord[] batch =
            [
                .. Enumerable.Range(from, Math.Min(Batch, count - from)).SelectMany(i =>
                {
                    var at = now - (TimeSpan.FromDays(Days) * ((double)(count - i) / count));
                    var own = Record(random, account, at);
                    return i % 5 == 0 ? [own, Record(random, "acc_other" + random.Next(5).ToString(CultureInfo.InvariantCulture), at)] : new[] { own };
                }),
            ];
            await provider.GetRequiredService<GatewayDatabase>().ChangeAsync<bool>(
                async (context, token) =>
                {
                    context.Insert(batch, token);
                    await UsageSumStore.AddAsync(context, batch, token);
                    return true;
                },
                CancellationToken.None);
        }

        Print($"{(connection is null ? "SQLite" : "PostgreSQL")}, {count} records of the account and a fifth as many of others in {Days} days, written in {watch.Elapsed.TotalSeconds:F0} s ({1.2 * count / watch.Elapsed.TotalSeconds:F0} a second)");
    }

    private static RequestRecord Record(Random random, string account, DateTimeOffset at)
    {
        var isProxied = random.NextDouble() < 0.7;
        var (name, _, models) = Choose(random);
        bool? isSafe = random.NextDouble() is var luck && luck < 0.03 ? false : luck < 0.035 ? null : true;
        var isBlocked = isSafe == false && random.NextDouble() < 0.7;
        var isFailed = !isBlocked && random.NextDouble() < 0.008;
        return new RequestRecord
        {
            Id = Ids.NewRecord(at),
            AccountId = account,
            CreatedAt = at,
            Kind = isProxied ? RequestKind.ProxyRequest : RequestKind.ScanApi,
            Subkind = !isProxied ? RequestSubkind.None : isBlocked ? RequestSubkind.ProxyBlock : RequestSubkind.ProxyScan,
            Status = isBlocked ? RequestStatus.Failure : isFailed ? RequestStatus.Error : RequestStatus.Success,
            RequestId = "req_" + random.NextInt64().ToString("x24", CultureInfo.InvariantCulture),
            ApiKeyId = s_keys[Math.Min(s_keys.Length - 1, (int)-Math.Log2(1 - random.NextDouble()))],
            ProviderKeyId = isProxied ? "pk_" + name : null,
            ErrorCode = isBlocked ? "prompt_injection_detected" : isFailed ? s_errors[random.Next(s_errors.Length)] : null,
            HttpStatus = isBlocked ? 400 : isFailed ? 502 : 200,
            IsSafe = isSafe,
            Label = isSafe is null ? null : isSafe.Value ? 0 : 1,
            Confidence = 97.5,
            Injection = random.NextDouble() * 100,
            Sensitivity = "medium",
            ScanAction = "block",
            ThreatCategory = isSafe == false ? s_categories[random.Next(s_categories.Length)] : null,
            PromptLength = random.Next(10, 8000),
            ScannedLength = 1000,
            ScannedParts = 3,
            TotalParts = 3,
            Provider = isProxied ? name : null,
            Model = isProxied ? models[random.Next(models.Length)] : null,
            IsStream = isProxied ? random.NextDouble() < 0.5 : null,
            UpstreamStatus = isProxied && !isBlocked ? 200 : null,
            Attempts = isProxied ? 1 : null,
            InputTokens = 100,
            OutputTokens = 200,
            RequestBytes = 2000,
            AnswerBytes = 1500,
            TotalMilliseconds = 400 * random.NextDouble(),
            ScanMilliseconds = isSafe is null ? null : -Math.Log(1 - random.NextDouble()),
            UpstreamMilliseconds = isProxied ? 300 * random.NextDouble() : null,
            FirstByteMilliseconds = 5 * random.NextDouble(),
        };
    }

    private static (string Name, double Share, string[] Models) Choose(Random random)
    {
        var luck = random.NextDouble();
        foreach (var provider in s_providers)
        {
            luck -= provider.Share;
            if (luck < 0)
            {
                return provider;
            }
        }

        return s_providers[0];
    }

    private static async Task MeasureAsync(string folder, string[] database)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "LockLLM.Gateway.dll"), "--urls", "http://127.0.0.1:0", "--LockLLM:DataDirectory=" + folder, "--LockLLM:RateLimit:RequestsPerMinute=1000000", .. database])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        })!;
        try
        {
            string? line;
            Match listening = Match.Empty;
            while (!listening.Success && (line = await process.StandardOutput.ReadLineAsync()) is not null)
            {
                listening = Listening().Match(line);
            }

            _ = process.StandardOutput.ReadToEndAsync();
            using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(listening.Groups["address"].Value), Timeout = TimeSpan.FromMinutes(5) };
            await MeasureAsync(client);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task MeasureAsync(HttpClient client)
    {
        // Without a session, and nothing asked for before.
        var start = Stopwatch.GetTimestamp();
        foreach (var path in (string[])["/", "/dashboard/assets/dashboard.css", "/dashboard/assets/dashboard.js"])
        {
            _ = await client.GetByteArrayAsync(new Uri(path, UriKind.Relative));
        }

        Print($"First page of a gateway that has just started, with style and script: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
        using var entered = await client.PostAsJsonAsync(new Uri("/api/v1/session", UriKind.Relative), new { email = Email, password = Password });
        entered.EnsureSuccessStatusCode();
        client.DefaultRequestHeaders.Add(HeaderNames.CsrfToken, (await entered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("csrf_token").GetString());
        var page = await client.GetFromJsonAsync<JsonElement>("/api/v1/logs?limit=1000");
        var (request, last) = (page[500].GetProperty("request_id").GetString(), page[999].GetProperty("id").GetString());
        var (weekAgo, yesterday) = (TimeProvider.System.GetUtcNow().AddDays(-7).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), TimeProvider.System.GetUtcNow().AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        var longAgo = TimeProvider.System.GetUtcNow().AddDays(-25).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var deep = (await client.GetFromJsonAsync<JsonElement>("/api/v1/logs?limit=1&end_date=" + longAgo))[0].GetProperty("id").GetString();
        Print($"| what | p50 ms | p95 ms | worst ms |\n|---|---|---|---|");
        string[] filters =
        [
            "", "safe=false", "safe=true", "status=success", "status=failure", "status=error", "status=pending", "log_type=scan_api", "log_type=webhook_delivery", "log_subtype=proxy_block", "log_subtype=proxy_forward",
            "threat_category=jailbreak", "threat_category=none", "api_key_id=" + s_keys[0], "api_key_id=" + s_keys[^1], "api_key_id=none", "upstream_key_id=pk_groq", "upstream_key_id=none", "provider=openai",
            "provider=groq", "provider=xai", "model=gpt-4o", "model=llama-3.3-70b", "model=none", "error_code=scan_failed", "error_code=none", "request_id=" + request, "request_id=none",
            "start_date=" + weekAgo, "end_date=" + weekAgo, $"start_date={weekAgo}&end_date={yesterday}", "before=" + last, "before=" + deep, "provider=groq&before=" + deep, "count=true", "count=true&provider=openai&safe=true",
            "safe=false&provider=cohere", "safe=false&status=error", "safe=false&threat_category=jailbreak&model=llama-3.3-70b", "status=error&provider=groq&error_code=scan_failed", $"api_key_id={s_keys[^1]}&status=error",
            "provider=openai&model=claude-haiku-4-5", "provider=anthropic&safe=false&status=failure&end_date=" + weekAgo, $"api_key_id={s_keys[3]}&provider=groq&safe=false", "log_type=scan_api&status=error&start_date=" + weekAgo,
            $"log_type=proxy_request&log_subtype=proxy_block&api_key_id={s_keys[8]}&model=gpt-5", "status=success&safe=false&threat_category=tool_abuse",
        ];
        foreach (var filter in filters)
        {
            await TimeAsync("log: " + (filter.Length == 0 ? "all" : filter), client, "/api/v1/logs?limit=100&" + filter, 20);
        }

        foreach (var filter in (string[])["", "?safe=false", "?safe=false&provider=groq", "?model=none"])
        {
            await TimeAsync("page of events " + filter, client, "/dashboard/events" + filter, 20);
        }

        foreach (var range in UsageRange.Names)
        {
            await TimeAsync("overview " + range, client, "/dashboard?range=" + range, 10);
        }

        await TimeAsync("page of API keys", client, "/dashboard/keys", 10);
        await TimeAsync("export, first bytes", client, "/api/v1/logs/export", 10, isWhole: false);
        await TimeAsync("export of threats, first bytes", client, "/api/v1/logs/export?safe=false", 10, isWhole: false);
    }

    private static async Task TimeAsync(string name, HttpClient client, string path, int rounds, bool isWhole = true)
    {
        var times = new double[rounds];
        var buffer = new byte[1];
        for (var i = -2; i < rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), isWhole ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            await using var body = await answer.Content.ReadAsStreamAsync();
            await body.ReadAtLeastAsync(buffer, 1);
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        Array.Sort(times);
        Print($"| {name} | {times[rounds / 2]:F1} | {times[(int)Math.Ceiling(rounds * 0.95) - 1]:F1} | {times[^1]:F1} |");
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"Now listening on: (?<address>http://[\w.:]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
