using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LockLLM.Engine.Features;
using LockLLM.Engine.Language;
using LockLLM.Engine.Models;
using LockLLM.Engine.Network;

namespace LockLLM.Engine.Tests.Models;

public sealed class ModelFileTests
{
    private static readonly byte[] s_file = Write(RandomModel());

    [Fact]
    public void Reads_what_it_wrote()
    {
        var written = RandomModel();
        var read = ModelFile.Read(new MemoryStream(s_file));
        Assert.Equal(written.Name, read.Name);
        Assert.Equal(written.Weights, read.Weights);
        Assert.Equal(written.Language.Costs, read.Language.Costs);
        Assert.Equal(written.Network.Table, read.Network.Table);
        Assert.Equal(written.Network.Scales, read.Network.Scales);
        Assert.Equal(written.Network.Dense, read.Network.Dense);
        Assert.Equal(written.Categories.Weights, read.Categories.Weights);
        Assert.Equal(written.Categories.Biases, read.Categories.Biases);
        Assert.Equal(written.Categories.Scale, read.Categories.Scale);
        for (var head = 0; head < InjectionModel.HeadCount; head++)
        {
            Assert.Equal(written.Heads[head].Calibration, read.Heads[head].Calibration);
            Assert.Equal(written.Heads[head].Biases, read.Heads[head].Biases);
            Assert.Equal(written.Heads[head].Scale, read.Heads[head].Scale);
        }

        Assert.Equal(Convert.ToHexStringLower(s_file[^32..]), read.Checksum);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public unsafe void Reads_the_same_where_the_file_lies_straight_or_askew(int offset)
    {
        var memory = GC.AllocateArray<byte>(s_file.Length + 8, pinned: true);
        s_file.CopyTo(memory, offset);
        fixed (byte* first = &memory[offset])
        {
            var read = ModelFile.Read(new UnmanagedMemoryStream(first, s_file.Length), inPlace: true);
            var written = RandomModel();
            Assert.Equal(written.Weights, read.Weights);
            Assert.Equal(written.Network.Table, read.Network.Table);
            Assert.Equal(written.Network.Dense, read.Network.Dense);
            var weights = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(read.Weights));
            Assert.Equal(offset == 0, weights >= first && weights < first + s_file.Length);
        }
    }

    [Fact]
    public void Refuses_a_mapped_file_cut_short_whose_checksum_was_made_to_fit()
    {
        var cut = s_file[..1_000_000];
        byte[] file = [.. cut, .. SHA256.HashData(cut)];
        unsafe
        {
            fixed (byte* first = file)
            {
                using var stream = new UnmanagedMemoryStream(first, file.Length);
                Assert.Contains("too early", Assert.Throws<InvalidDataException>(() => ModelFile.Read(stream, inPlace: true)).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Writes_the_same_bytes_for_the_same_model() => Assert.Equal(s_file, Write(RandomModel()));

    [Theory]
    [InlineData(20)]
    [InlineData(600_000)]
    [InlineData(9_000_000)]
    public void Refuses_a_flipped_bit(int position)
    {
        var damaged = s_file.ToArray();
        damaged[position] ^= 4;
        var refusal = Assert.Throws<InvalidDataException>(() => ModelFile.Read(new MemoryStream(damaged)));
        Assert.Contains("checksum", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void Refuses_a_file_cut_short(int length) =>
        Assert.Throws<InvalidDataException>(() => ModelFile.Read(new MemoryStream(s_file[..length])));

    [Fact]
    public void Refuses_a_file_cut_short_whose_checksum_was_made_to_fit()
    {
        var cut = s_file[..1_000_000];
        var refusal = Assert.Throws<InvalidDataException>(() => ModelFile.Read(new MemoryStream([.. cut, .. SHA256.HashData(cut)])));
        Assert.Contains("too early", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, "format")]
    [InlineData(12, "feature schema")]
    [InlineData(16, "table size")]
    public void Refuses_a_file_of_another_kind_and_says_which(int position, string what)
    {
        var other = s_file[..^32];
        other[position]++;
        var refusal = Assert.Throws<InvalidDataException>(() => ModelFile.Read(new MemoryStream([.. other, .. SHA256.HashData(other)])));
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_model_loads()
    {
        var model = InjectionModel.LoadShipped();
        Assert.Equal(64, model.Checksum.Length);
        Assert.All(model.Heads.ToArray(), static head =>
        {
            Assert.True(head.Calibration.High < head.Calibration.Medium);
            Assert.True(head.Calibration.Medium < head.Calibration.Low);
        });
    }

    private static byte[] Write(InjectionModel model)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model);
        return stream.ToArray();
    }

    private static InjectionModel RandomModel()
    {
        var random = new Random(7);
        var costs = new byte[CharacterModel.TableSize];
        random.NextBytes(costs);
        var heads = Enumerable.Range(0, InjectionModel.HeadCount).Select(head => new ModelHead
        {
            Scale = 0.001f + head,
            Biases = [.. Enumerable.Range(0, TextWindows.Widths.Length).Select(width => -1.5f - width - head)],
            Calibration = new Calibration(-1 - head, 0.5f, 2),
        }).ToArray();
        var table = new sbyte[WordReader.Slots * NetworkShape.WordSize];
        random.NextBytes(MemoryMarshal.AsBytes(table.AsSpan()));
        var network = new SentenceNetwork(table, Singles(WordReader.Slots), Singles(DenseWeights.Count));
        return new InjectionModel("test", new CharacterModel(costs), heads, Shorts(FeatureSchema.Slots * InjectionModel.HeadCount), network,
            new CategoryModel(0.01f, [1, 2, 3, 4, 5], Shorts(CategoryModel.Slots * CategoryModel.Classes)));

        float[] Singles(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

        short[] Shorts(int count)
        {
            var values = new short[count];
            foreach (ref var value in values.AsSpan())
            {
                value = (short)random.Next(short.MinValue, short.MaxValue);
            }

            return values;
        }
    }
}
