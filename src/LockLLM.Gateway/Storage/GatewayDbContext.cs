using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LockLLM.Gateway.Storage;

/// <summary>The one model; each database has a thin context of its own with its migrations. <c>eng/migrations.sh</c> makes those.</summary>
internal abstract class GatewayDbContext(DbContextOptions options) : DbContext(options)
{
    private const int MaxTextLength = 256;
    private const int MaxDocumentLength = 65536;

    public DbSet<Installation> Installation => Set<Installation>();

    public DbSet<MasterKeyRecord> MasterKeys => Set<MasterKeyRecord>();

    public DbSet<InstallationSecret> InstallationSecrets => Set<InstallationSecret>();

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    public DbSet<ProviderKeyRow> ProviderKeys => Set<ProviderKeyRow>();

    public DbSet<Member> Members => Set<Member>();

    public DbSet<Passkey> Passkeys => Set<Passkey>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<Invitation> Invitations => Set<Invitation>();

    public DbSet<SignInChallenge> SignInChallenges => Set<SignInChallenge>();

    public DbSet<RequestRecord> RequestRecords => Set<RequestRecord>();

    public DbSet<UsageHour> UsageHours => Set<UsageHour>();

    public DbSet<UsageScanTime> UsageScanTimes => Set<UsageScanTime>();

    public DbSet<AuditRow> AuditEvents => Set<AuditRow>();

    public DbSet<AuditHead> AuditHeads => Set<AuditHead>();

    /// <summary>Many rows that nothing else is asked of, in the cheapest way that the database has; written by the end of the change they are part of.</summary>
    public virtual void Insert<T>(IReadOnlyList<T> rows, CancellationToken cancellationToken)
        where T : class => Set<T>().AddRange(rows);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<string>().HaveMaxLength(MaxTextLength);
        configurationBuilder.Properties<SealedSecret>().HaveConversion<SealedSecretConverter>().HaveMaxLength(MaxDocumentLength);
        // SQLite cannot order a DateTimeOffset; both databases order numbers alike.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
        configurationBuilder.Properties<MemberRole>().HaveConversion<string>().HaveMaxLength(32);
        configurationBuilder.Properties<RequestKind>().HaveConversion<string>().HaveMaxLength(32);
        configurationBuilder.Properties<RequestSubkind>().HaveConversion<string>().HaveMaxLength(32);
        configurationBuilder.Properties<RequestStatus>().HaveConversion<string>().HaveMaxLength(32);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Installation>(row =>
        {
            row.ToTable("installation");
            row.Property(static entity => entity.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<MasterKeyRecord>(row =>
        {
            row.ToTable("master_keys");
            row.Property(static entity => entity.Handover).HasMaxLength(1024);
        });
        modelBuilder.Entity<InstallationSecret>().ToTable("installation_secrets");
        modelBuilder.Entity<Account>(row =>
        {
            row.ToTable("accounts");
            row.Property(static entity => entity.Settings).HasMaxLength(MaxDocumentLength);
            row.HasIndex(static entity => entity.Revision);
        });
        modelBuilder.Entity<ApiKeyRow>(row =>
        {
            row.ToTable("api_keys");
            row.HasIndex(static entity => entity.Verifier).IsUnique();
            row.HasIndex(static entity => new { entity.AccountId, entity.CreatedAt });
            row.Property(static entity => entity.AllowedProviders).HasMaxLength(2048);
            row.Property(static entity => entity.AllowedNetworks).HasMaxLength(8192);
            row.HasOne<Account>().WithMany().HasForeignKey(static entity => entity.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ProviderKeyRow>(row =>
        {
            row.ToTable("provider_keys");
            row.HasIndex(static entity => new { entity.AccountId, entity.Provider, entity.Nickname }).IsUnique();
            row.Property(static entity => entity.EndpointUrl).HasMaxLength(2048);
            row.HasOne<Account>().WithMany().HasForeignKey(static entity => entity.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Member>(row =>
        {
            row.ToTable("members");
            row.HasIndex(static entity => entity.NormalizedEmail).IsUnique();
            row.HasIndex(static entity => new { entity.ExternalIssuer, entity.ExternalSubject }).IsUnique();
            row.HasIndex(static entity => entity.AccountId);
            row.Property(static entity => entity.PasswordHash).HasMaxLength(1024);
            row.HasOne<Account>().WithMany().HasForeignKey(static entity => entity.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Passkey>(row =>
        {
            row.ToTable("passkeys");
            row.HasIndex(static entity => entity.CredentialId).IsUnique();
            row.HasIndex(static entity => entity.MemberId);
            row.HasOne<Member>().WithMany().HasForeignKey(static entity => entity.MemberId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Session>(row =>
        {
            row.ToTable("sessions");
            row.HasIndex(static entity => entity.TokenHash).IsUnique();
            row.HasIndex(static entity => entity.MemberId);
            row.HasIndex(static entity => entity.ExpiresAt);
            row.HasOne<Member>().WithMany().HasForeignKey(static entity => entity.MemberId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<RecoveryCode>(row =>
        {
            row.ToTable("recovery_codes");
            row.HasIndex(static entity => entity.MemberId);
            row.HasOne<Member>().WithMany().HasForeignKey(static entity => entity.MemberId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Invitation>(row =>
        {
            row.ToTable("invitations");
            row.HasIndex(static entity => entity.TokenHash).IsUnique();
            row.HasIndex(static entity => entity.AccountId);
            row.HasOne<Account>().WithMany().HasForeignKey(static entity => entity.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<SignInChallenge>(row =>
        {
            row.ToTable("sign_in_challenges");
            row.HasIndex(static entity => entity.ExpiresAt);
            row.Property(static entity => entity.State).HasMaxLength(4096);
        });
        modelBuilder.Entity<RequestRecord>(row =>
        {
            // No foreign keys: records outlive what they name, and are written in bulk.
            row.ToTable("request_records");
            row.Property(static entity => entity.Findings).HasMaxLength(MaxDocumentLength);
            row.HasIndex(static entity => new { entity.AccountId, entity.RequestId, entity.CreatedAt });
            row.HasIndex(static entity => entity.CreatedAt);
            // In the order of the list and with all that it is filtered by: what does not match is passed over without reading its row, and writing
            // goes on at the end. An index for each filter would make a record cost twice as much to write.
            row.HasIndex(
                static entity => new
                {
                    entity.AccountId,
                    entity.CreatedAt,
                    entity.ApiKeyId,
                    entity.ProviderKeyId,
                    entity.Provider,
                    entity.Model,
                    entity.Kind,
                    entity.Subkind,
                    entity.Status,
                    entity.IsSafe,
                    entity.ThreatCategory,
                    entity.ErrorCode,
                },
                "ix_request_records_log").HasDatabaseName("ix_request_records_log");
            // What is looked for first and is rare; see RequestLogFilter.
            row.HasIndex(static entity => new { entity.AccountId, entity.CreatedAt }, "ix_request_records_not_answered").HasDatabaseName("ix_request_records_not_answered").HasFilter("status <> 'Success'");
            row.HasIndex(static entity => new { entity.AccountId, entity.CreatedAt }, "ix_request_records_unsafe").HasDatabaseName("ix_request_records_unsafe").HasFilter(Database.IsSqlite() ? "is_safe = 0" : "is_safe = FALSE");
        });
        modelBuilder.Entity<UsageHour>(row =>
        {
            row.ToTable("usage_hours");
            row.HasKey(static entity => new { entity.AccountId, entity.Hour, entity.ApiKeyId, entity.Provider, entity.Category });
            row.HasIndex(static entity => entity.Hour);
        });
        modelBuilder.Entity<UsageScanTime>(row =>
        {
            row.ToTable("usage_scan_times");
            row.HasKey(static entity => new { entity.AccountId, entity.Hour, entity.Step });
            row.HasIndex(static entity => entity.Hour);
        });
        modelBuilder.Entity<AuditRow>(row =>
        {
            row.ToTable("audit_events");
            row.HasKey(static entity => entity.Sequence);
            row.Property(static entity => entity.Sequence).ValueGeneratedNever();
            row.Property(static entity => entity.Detail).HasMaxLength(2048);
            row.HasIndex(static entity => new { entity.AccountId, entity.Sequence });
        });
        modelBuilder.Entity<AuditHead>(row =>
        {
            row.ToTable("audit_heads");
            row.Property(static entity => entity.Id).ValueGeneratedNever();
        });
    }

    private sealed class UtcTicksConverter() : ValueConverter<DateTimeOffset, long>(
        static time => time.UtcTicks, static ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    private sealed class SealedSecretConverter() : ValueConverter<SealedSecret, string>(
        static secret => secret.Text, static text => new SealedSecret(text));
}
