using System.Data.Common;
using System.Globalization;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace LockLLM.Gateway.Storage;

/// <summary>A column of secrets.</summary>
/// <param name="OwnerColumn">Null where the secrets belong to the installation.</param>
internal sealed record SealedColumn(string Table, string Column, string IdColumn, string? OwnerColumn)
{
    public override string ToString() => $"{Table}.{Column}";
}

/// <summary>
/// All secrets of the database, found by their type in the model rather than by a list that somebody could forget to
/// extend. Where a secret lies is told by table, id, account and column, as <see cref="SecretPlace"/> has it.
/// </summary>
internal sealed class SealedColumns(GatewayDatabase database, SecretProtector protector)
{
    private const string InstallationOwner = "installation";
    private const int BatchSize = 200;

    public IReadOnlyList<SealedColumn> Find()
    {
        using var context = database.CreateContext();
        return
        [
            .. context.Model.GetEntityTypes()
                .SelectMany(static type => type.GetProperties().Where(static property => property.ClrType == typeof(SealedSecret)), static (type, property) => Of(type, property))
                .OrderBy(static column => column.ToString(), StringComparer.Ordinal),
        ];
    }

    /// <summary>Opens every secret of a column and forgets it; gives the ids of those that do not open.</summary>
    public async Task<(int Good, IReadOnlyList<string> Bad)> VerifyAsync(SealedColumn column, CancellationToken cancellationToken)
    {
        var good = 0;
        var bad = new List<string>();
        for (var last = ""; ;)
        {
            var after = last;
            var rows = await database.ReadAsync((context, token) => ReadAsync(context, column, after, otherThan: null, token), cancellationToken);
            if (rows.Count == 0)
            {
                return (good, bad);
            }

            foreach (var row in rows)
            {
                if (protector.Open(row.Secret, PlaceOf(column, row)) is null)
                {
                    bad.Add(row.Id);
                }
                else
                {
                    good++;
                }
            }

            last = rows[^1].Id;
        }
    }

    /// <summary>Wraps every secret of a column under the given key, which is the active one. What was done stays done when this is cut off.</summary>
    public async Task<(int Good, IReadOnlyList<string> Bad)> RewrapAsync(SealedColumn column, string masterKeyId, CancellationToken cancellationToken)
    {
        var good = 0;
        var bad = new List<string>();
        for (var last = ""; ;)
        {
            var after = last;
            var batch = await database.ChangeAsync<List<Row>>(
                async (context, token) =>
                {
                    // As every change does: it makes others wait, and snapshots follow.
                    await context.Database.ExecuteSqlAsync($"UPDATE installation SET revision = revision + 1", token);
                    var rows = await ReadAsync(context, column, after, masterKeyId, token);
                    foreach (var row in rows)
                    {
                        if (protector.Rewrap(row.Secret, PlaceOf(column, row)) is { } rewrapped)
                        {
                            await WriteAsync(context, column, row, rewrapped, token);
                            good++;
                        }
                        else
                        {
                            bad.Add(row.Id);
                        }
                    }

                    return rows;
                },
                cancellationToken);
            if (batch.Value!.Count == 0)
            {
                return (good, bad);
            }

            last = batch.Value[^1].Id;
        }
    }

    private static SealedColumn Of(IEntityType type, IProperty property)
    {
        var table = type.GetTableName() ?? throw new InvalidOperationException($"{type.Name} has no table.");
        var id = type.FindPrimaryKey()!.Properties is [var only] && only.ClrType == typeof(string)
            ? only.GetColumnName()
            : throw new InvalidOperationException($"{table} holds a secret but no text id to bind it to.");
        return new SealedColumn(table, property.GetColumnName(), id, type.FindProperty(nameof(ApiKeyRow.AccountId))?.GetColumnName());
    }

    private static SecretPlace PlaceOf(SealedColumn column, Row row) => new(column.Table, row.Id, row.Owner ?? InstallationOwner, column.Column);

    private static async Task<List<Row>> ReadAsync(GatewayDbContext context, SealedColumn column, string after, string? otherThan, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        await using var command = Command(
            context,
            $"""
            SELECT "{column.IdColumn}", "{column.Column}", {(column.OwnerColumn is { } owner ? $"\"{owner}\"" : "NULL")} FROM "{column.Table}"
            WHERE "{column.Column}" IS NOT NULL AND "{column.IdColumn}" > @after AND "{column.Column}" NOT LIKE @other
            ORDER BY "{column.IdColumn}" LIMIT {BatchSize.ToString(CultureInfo.InvariantCulture)}
            """,
            ("@after", after),
            ("@other", otherThan is null ? "" : $"v1.{otherThan}.%"));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new Row(reader.GetString(0), new SealedSecret(reader.GetString(1)), await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2)));
        }

        return rows;
    }

    private static async Task WriteAsync(GatewayDbContext context, SealedColumn column, Row row, SealedSecret secret, CancellationToken cancellationToken)
    {
        await using var command = Command(
            context,
            $"""UPDATE "{column.Table}" SET "{column.Column}" = @secret WHERE "{column.IdColumn}" = @id AND "{column.Column}" = @former""",
            ("@secret", secret.Text),
            ("@id", row.Id),
            ("@former", row.Secret.Text));
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (row.Owner is { } owner)
        {
            await context.Database.ExecuteSqlAsync($"UPDATE accounts SET revision = (SELECT revision FROM installation) WHERE id = {owner}", cancellationToken);
        }
    }

    // Names come from the model, values are parameters.
    private static DbCommand Command(GatewayDbContext context, string text, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = text;
        command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private sealed record Row(string Id, SealedSecret Secret, string? Owner);
}
