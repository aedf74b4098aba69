using System.Globalization;
using System.Runtime.CompilerServices;
using LockLLM.Contracts.Errors;

namespace LockLLM.Gateway.Tests.Errors;

/// <summary>docs/wire.md and the error table say the same.</summary>
public sealed class WirePageTests
{
    [Fact]
    public void The_page_lists_every_error()
    {
        var rows = File.ReadLines(PagePath()).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(row => row.Length > 4 && int.TryParse(row[1], CultureInfo.InvariantCulture, out _));
        var listed = rows.SelectMany(row => row[3].Split(", ").Select(code => $"{row[1]} {row[2].Trim('`')} {code.Trim('`')}"));
        Assert.Equal(ErrorCode.All.Select(code => $"{code.Status} {code.Type} {code.Code}").Order(), listed.Order());
    }

    [Fact]
    public void The_table_is_whole()
    {
        var rows = typeof(ErrorCode).GetFields().Where(field => field.FieldType == typeof(ErrorCode)).Select(field => field.GetValue(null));
        Assert.Equal(rows.ToHashSet(), ErrorCode.All.ToHashSet<object?>());
        Assert.Equal(ErrorCode.All.Count, ErrorCode.All.Select(code => code.Code).Distinct().Count());
        Assert.All(ErrorCode.All, code => Assert.Equal(code.Retryable, code.Status is 408 or 429 or >= 500));
    }

    private static string PagePath([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/wire.md"));
}
