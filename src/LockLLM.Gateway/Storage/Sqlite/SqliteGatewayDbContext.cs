using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LockLLM.Gateway.Storage.Sqlite;

internal sealed class SqliteGatewayDbContext(DbContextOptions<SqliteGatewayDbContext> options) : GatewayDbContext(options)
{
    public override void Insert<T>(IReadOnlyList<T> rows, CancellationToken cancellationToken) => PreparedInsert<T>.Of(this).Run(this, rows, cancellationToken);
}

/// <summary>For <c>eng/migrations.sh</c>, which needs the model and no database.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteGatewayDbContext>
{
    public SqliteGatewayDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteGatewayDbContext>().UseSqlite("Data Source=:memory:").UseSnakeCaseNamingConvention().Options);
}
