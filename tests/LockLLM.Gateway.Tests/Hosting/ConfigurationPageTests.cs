using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using LockLLM.Gateway.Hosting;

namespace LockLLM.Gateway.Tests.Hosting;

/// <summary>docs/configuration.md and the option classes say the same.</summary>
public sealed class ConfigurationPageTests
{
    [Fact]
    public void The_page_lists_every_setting_with_its_default_and_range()
    {
        var rows = File.ReadLines(PagePath()).Where(line => line.StartsWith("| `LockLLM:", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToArray();
        var settings = Settings(new GatewayOptions(), GatewayOptions.Section).ToArray();
        Assert.Equal(settings.Select(setting => setting.Name).Order(), rows.Select(row => row[1].Trim('`')).Order());
        foreach (var (name, value, range) in settings)
        {
            var row = rows.Single(row => row[1] == $"`{name}`");
            Assert.NotEmpty(row[2]);
            if (value is not null)
            {
                Assert.Contains($"`{value}`", row[3], StringComparison.Ordinal);
            }

            if (range is not null)
            {
                Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}"), row[4]);
            }
        }
    }

    private static IEnumerable<(string Name, string? Default, RangeAttribute? Range)> Settings(object options, string path)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            var name = $"{path}:{property.Name}";
            var value = property.GetValue(options);
            if (property.PropertyType.IsClass && property.PropertyType != typeof(string) && value is not IEnumerable)
            {
                foreach (var inner in Settings(value!, name))
                {
                    yield return inner;
                }
            }
            else if (value is IEnumerable and not string)
            {
                var item = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[^1] : typeof(string);
                foreach (var inner in item == typeof(string) ? [] : Settings(Activator.CreateInstance(item)!, name + ":N"))
                {
                    yield return inner;
                }

                if (item == typeof(string))
                {
                    yield return (name + ":N", null, null);
                }
            }
            else
            {
                var written = value is bool truth ? (truth ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture);
                yield return (name, written is { Length: > 0 } ? written : null, property.GetCustomAttribute<RangeAttribute>());
            }
        }
    }

    private static string PagePath([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/configuration.md"));
}
