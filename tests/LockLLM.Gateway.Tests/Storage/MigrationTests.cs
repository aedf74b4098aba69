using System.Reflection;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Postgres;
using LockLLM.Gateway.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LockLLM.Gateway.Tests.Storage;

public sealed class MigrationTests
{
    [Fact]
    public void Every_migration_is_listed_and_they_lead_up_to_the_model()
    {
        using var sqlite = new SqliteGatewayDbContext(new DbContextOptionsBuilder<SqliteGatewayDbContext>().UseSqlite("Data Source=:memory:").UseSnakeCaseNamingConvention().UseListedMigrations().Options);
        using var postgres = new PostgresGatewayDbContext(new DbContextOptionsBuilder<PostgresGatewayDbContext>().UseNpgsql("Host=nowhere").UseSnakeCaseNamingConvention().UseListedMigrations().Options);
        foreach (var context in (GatewayDbContext[])[sqlite, postgres])
        {
            var written = typeof(GatewayDbContext).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Migration)) && type.GetCustomAttribute<DbContextAttribute>()?.ContextType == context.GetType())
                .Select(static type => type.GetCustomAttribute<MigrationAttribute>()!.Id).Order(StringComparer.Ordinal);
            Assert.Equal(written, context.Database.GetMigrations()); // else name it in ListedMigrations
            Assert.False(context.Database.HasPendingModelChanges(), "bash eng/migrations.sh NAME");
            Assert.Equal(context.Database.GetMigrations().First(), context.GetService<IMigrationsAssembly>().FindMigrationId("initial"));
        }
    }
}
