using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Tests.Storage;

public sealed class PrivateFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_of_two_creators_wins()
    {
        var path = _folder.File("a");
        Assert.True(PrivateFile.TryCreate(path, "first"u8));
        Assert.False(PrivateFile.TryCreate(path, "second"u8));
        Assert.Equal("first", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_file()
    {
        var path = _folder.File("a");
        var contents = new[] { new byte[50_000], new byte[90_000] };
        Array.Fill(contents[0], (byte)'a');
        Array.Fill(contents[1], (byte)'b');
        PrivateFile.Replace(path, contents[0]);
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                PrivateFile.Replace(path, contents[i % 2]);
            }
        });
        while (!writer.IsCompleted)
        {
            var read = await File.ReadAllBytesAsync(path);
            Assert.Equal(read[0] == 'a' ? contents[0] : contents[1], read);
        }

        await writer;
    }

    [Fact]
    public void A_replaced_file_is_for_its_owner_only_whatever_it_was()
    {
        var path = _folder.File("a");
        File.WriteAllText(path, "open to all");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        PrivateFile.Replace(path, "closed"u8);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }
}
