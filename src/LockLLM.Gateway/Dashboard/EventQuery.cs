using System.Text;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Management;

namespace LockLLM.Gateway.Dashboard;

/// <summary>The address of a list of events: the filters of <c>/api/v1/logs</c>, where to go on, and which event is open.</summary>
internal sealed record EventQuery(LogQuery Log, IReadOnlyList<KeyValuePair<string, string>> Filters, string? Before, string? Open)
{
    public const int PageSize = 50;

    private const string BeforeField = "before";
    private const string OpenField = "event";

    public static Outcome<EventQuery> Read(IQueryCollection values)
    {
        string? Single(string name) => values.TryGetValue(name, out var found) && found is [{ Length: > 0 and <= 64 } text] ? text : null;

        // An empty field of the form is no filter.
        var filters = values.Where(static pair => pair.Key is not (BeforeField or OpenField) && pair.Value.ToString().Length > 0).ToDictionary(StringComparer.Ordinal);
        var read = LogQuery.Read(new QueryCollection(filters), isPaged: false);
        return read.Error is { } error
            ? error
            : new EventQuery(read.Value!, [.. filters.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.ToString()))], Single(BeforeField), Single(OpenField));
    }

    public string? this[string name] => Filters.FirstOrDefault(filter => filter.Key == name).Value;

    public string Address(string? before = null, string? open = null) => Build(DashboardEndpoints.Root + "/events", (BeforeField, before), (OpenField, open));

    public string LiveAddress() => Build(DashboardEndpoints.Root + "/events/live");

    public string ExportAddress() => Build("/api/v1/logs/export");

    private string Build(string path, params (string Name, string? Value)[] more)
    {
        var address = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in Filters.Select(static filter => (filter.Key, (string?)filter.Value)).Concat(more))
        {
            if (value is not null)
            {
                address.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return address.ToString();
    }
}
