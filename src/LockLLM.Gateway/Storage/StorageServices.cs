using LockLLM.Gateway.Storage.Postgres;
using LockLLM.Gateway.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Storage;

internal static class StorageServices
{
    /// <param name="dataDirectory">Where the embedded database lies.</param>
    public static IServiceCollection AddStorage(this IServiceCollection services, DatabaseOptions options, string dataDirectory)
    {
        services.TryAddSingleton(options);
        if (options.Provider == DatabaseProvider.Sqlite)
        {
            var file = new SqliteFile(options.ConnectionString, dataDirectory);
            services.TryAddSingleton(file);
            services.AddPooledDbContextFactory<SqliteGatewayDbContext>(context => context.UseSqlite(file.ConnectionString).UseSnakeCaseNamingConvention().UseListedMigrations());
            services.TryAddSingleton(static provider => new GatewayDatabase(
                provider.GetRequiredService<IDbContextFactory<SqliteGatewayDbContext>>().CreateDbContext, provider.GetRequiredService<DatabaseOptions>()));
        }
        else
        {
            services.AddPooledDbContextFactory<PostgresGatewayDbContext>(context => context.UseNpgsql(options.ConnectionString).UseSnakeCaseNamingConvention().UseListedMigrations());
            services.TryAddSingleton(static provider => new GatewayDatabase(
                provider.GetRequiredService<IDbContextFactory<PostgresGatewayDbContext>>().CreateDbContext, provider.GetRequiredService<DatabaseOptions>()));
        }

        services.TryAddSingleton<MasterKeyRing>();
        services.TryAddSingleton<SecretProtector>();
        services.TryAddSingleton<InstallationStore>();
        services.TryAddSingleton<SealedColumns>();
        services.TryAddSingleton<MasterKeyRotation>();
        return services;
    }
}
