using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LockLLM.Gateway.Storage;

/// <summary>
/// The migrations, by name. Left to itself, EF Core looks for them among all types of the program at every start, which loads
/// each of them and the libraries they come from.
/// </summary>
internal sealed class ListedMigrations : IMigrationsAssembly
{
    // Those of both databases have the same names; eng/migrations.sh makes them.
    private static readonly string[] s_names = ["Initial"];

    private readonly Type _context;

    public ListedMigrations(ICurrentDbContext current)
    {
        _context = current.Context.GetType();
        Migrations = new SortedList<string, TypeInfo>(s_names.Select(TypeOf).ToDictionary(static migration => migration.GetCustomAttribute<MigrationAttribute>()!.Id), StringComparer.OrdinalIgnoreCase);
    }

    public Assembly Assembly => typeof(ListedMigrations).Assembly;

    public IReadOnlyDictionary<string, TypeInfo> Migrations { get; }

    public ModelSnapshot ModelSnapshot => (ModelSnapshot)Activator.CreateInstance(TypeOf(_context.Name + "ModelSnapshot"))!;

    public string? FindMigrationId(string nameOrId) =>
        Migrations.FirstOrDefault(migration => migration.Key.Equals(nameOrId, StringComparison.OrdinalIgnoreCase) || migration.Value.Name.Equals(nameOrId, StringComparison.OrdinalIgnoreCase)).Key;

    public Migration CreateMigration(TypeInfo migrationClass, string activeProvider)
    {
        var migration = (Migration)Activator.CreateInstance(migrationClass)!;
        migration.ActiveProvider = activeProvider;
        return migration;
    }

    private TypeInfo TypeOf(string name) => Assembly.GetType($"{_context.Namespace}.Migrations.{name}", throwOnError: true)!.GetTypeInfo();
}

internal static class ListedMigrationsExtensions
{
    /// <summary>Nor is the whole model worked out once more at every start to see whether a migration is missing; that is for the tests to say.</summary>
    public static TBuilder UseListedMigrations<TBuilder>(this TBuilder context)
        where TBuilder : DbContextOptionsBuilder
    {
        context.ReplaceService<IMigrationsAssembly, ListedMigrations>().ConfigureWarnings(static warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
        return context;
    }
}
