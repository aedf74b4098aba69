using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Tests.Identity;

public sealed class ApiKeyStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MasterKey _masterKey = MasterKey.Generate();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_created_key_is_found_again_after_a_restart()
    {
        var key = Open().Create("one");
        var again = Open();
        Assert.False(again.IsEmpty);
        Assert.Equal("one", again.Find(key)?.Name);
        Assert.Equal(key[^4..], again.Find(key)?.Last4);
    }

    [Fact]
    public void Nothing_but_the_key_itself_is_found()
    {
        var store = Open();
        var key = store.Create("one");
        string[] wrong = ["", key.Remove(key.Length - 1), key + "0", key.ToUpperInvariant(), ' ' + key, key + new string('0', 5000), new string('0', 5000), "\uD800"];
        Assert.All(wrong, value => Assert.Null(store.Find(value)));
    }

    [Fact]
    public void Keys_at_the_length_limit_do_not_shade_into_each_other()
    {
        var store = Open();
        var longest = ApiKeyFormat.Prefix + new string('k', ApiKeyFormat.MaximumLength - 4);
        store.Add("longest", longest);
        Assert.NotNull(store.Find(longest));
        Assert.Null(store.Find(longest + "k"));
        Assert.Null(store.Find(longest.AsSpan()[..^1]));
    }

    [Fact]
    public void The_file_holds_no_part_of_a_key_but_its_last_four_characters()
    {
        var key = Open().Create("one");
        var file = File.ReadAllText(_folder.File(ApiKeyStore.FileName));
        for (var i = 0; i + 5 <= key.Length; i++)
        {
            Assert.DoesNotContain(key.Substring(i, 5), file, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_file_is_for_its_owner_only()
    {
        Open().Create("one");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File(ApiKeyStore.FileName)));
    }

    [Fact]
    public void The_same_key_is_added_once()
    {
        var store = Open();
        Assert.True(store.Add("a", "llm_the_same_key_twice_0123456789012345"));
        Assert.False(store.Add("b", "llm_the_same_key_twice_0123456789012345"));
        Assert.False(Open().Add("c", "llm_the_same_key_twice_0123456789012345"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"master_key_check":"","keys":[]}""")]
    [InlineData("""{"version":1,"master_key_check":"AAAA","keys":[{"id":"a","name":"b","verifier":"AAAA","last4":"abcd","created_at":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"version":1,"master_key_check":"AAAA","keys":null}""")]
    public void A_damaged_file_stops_the_start_and_stays_as_it_is(string content)
    {
        var path = _folder.File(ApiKeyStore.FileName);
        File.WriteAllText(path, content);
        var refusal = Assert.Throws<StartupRefusal>(Open);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void Another_master_key_stops_the_start()
    {
        Open().Create("one");
        var refusal = Assert.Throws<StartupRefusal>(() => ApiKeyStore.Open(_folder.Path, MasterKey.Generate(), TimeProvider.System));
        Assert.Contains("LockLLM:MasterKey", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_could_not_be_written_does_not_count()
    {
        var store = Open();
        store.Create("one");
        Directory.Move(_folder.Path, _folder.Path + "-away");
        try
        {
            Assert.ThrowsAny<IOException>(() => store.Add("two", "llm_never_written_0123456789012345678"));
            Assert.Null(store.Find("llm_never_written_0123456789012345678"));
        }
        finally
        {
            Directory.Move(_folder.Path + "-away", _folder.Path);
        }
    }

    [Fact]
    public void Two_first_starts_do_not_overwrite_each_other()
    {
        var first = Open();
        var second = Open();
        var key = first.Create("one");
        Assert.Throws<StartupRefusal>(() => second.Create("two"));
        Assert.NotNull(Open().Find(key));
    }

    [Fact]
    public void Nothing_is_left_beside_the_file()
    {
        var store = Open();
        store.Create("one");
        store.Create("two");
        Assert.Equal([_folder.File(ApiKeyStore.FileName)], Directory.GetFiles(_folder.Path));
    }

    private ApiKeyStore Open() => ApiKeyStore.Open(_folder.Path, _masterKey, TimeProvider.System);
}
