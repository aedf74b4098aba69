using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Hosting;

/// <summary>Reads the settings; a name nobody knows or a value nobody can use stops the start and is named, all of them at once.</summary>
internal static class StrictConfiguration
{
    public static GatewayOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(GatewayOptions.Section);
        var problems = new List<string>();
        FindUnknown(section, typeof(GatewayOptions), problems);

        var options = new GatewayOptions();
        try
        {
            section.Bind(options);
            Validate(options, GatewayOptions.Section, problems);
        }
        catch (InvalidOperationException wrong)
        {
            // The binder's message names the setting, its value and the type it should have.
            problems.Add(wrong.Message);
        }

        return problems.Count == 0 ? options : throw new StartupRefusal(string.Join(Environment.NewLine, problems));
    }

    private static void FindUnknown(IConfigurationSection section, Type type, List<string> problems)
    {
        foreach (var child in section.GetChildren())
        {
            var property = type.GetProperty(child.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is null)
            {
                problems.Add($"{child.Path} is not a setting. docs/configuration.md lists those there are.");
            }
            else if (IsGroup(property.PropertyType))
            {
                FindUnknown(child, property.PropertyType, problems);
            }
            else if (ItemOf(property.PropertyType) is { } item)
            {
                foreach (var entry in child.GetChildren())
                {
                    FindUnknown(entry, item, problems);
                }
            }
        }
    }

    private static void Validate(object options, string path, List<string> problems)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        problems.AddRange(results.Select(result => $"{path}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}"));
        foreach (var property in options.GetType().GetProperties().Where(property => IsGroup(property.PropertyType)))
        {
            Validate(property.GetValue(options)!, $"{path}:{property.Name}", problems);
        }
    }

    private static bool IsGroup(Type type) => type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    // What a list of groups holds.
    private static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>) && IsGroup(type.GetGenericArguments()[0]) ? type.GetGenericArguments()[0] : null;
}
