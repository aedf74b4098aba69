using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using LockLLM.Engine.Features;
using LockLLM.Engine.Language;
using LockLLM.Engine.Network;

namespace LockLLM.Engine.Models;

/// <summary>
/// Reads and writes the model file: little-endian, one section after another, the large ones on multiples of four bytes, SHA-256 of
/// everything before it at the end. The checksum guards against accidents, not against an attacker: whoever can replace the file decides what is
/// found, so take models only from where you take the program.
/// </summary>
internal static class ModelFile
{
    private const int FormatVersion = 3;
    private const int MaxSize = 64 * 1024 * 1024;
    private const int Alignment = 4;
    private static ReadOnlySpan<byte> Magic => "LOCKLLM\0"u8;

    public static void Write(Stream stream, InjectionModel model)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(FormatVersion);
            writer.Write(FeatureSchema.Version);
            writer.Write(FeatureSchema.Bits);
            writer.Write(model.Name);
            writer.Write(model.Language.Costs);
            foreach (var head in model.Heads)
            {
                writer.Write(head.Scale);
                foreach (var bias in head.Biases)
                {
                    writer.Write(bias);
                }

                writer.Write(head.Calibration.High);
                writer.Write(head.Calibration.Medium);
                writer.Write(head.Calibration.Low);
            }

            writer.Write(stackalloc byte[Padding(buffer.Position)]);
            writer.Write(MemoryMarshal.AsBytes(model.Weights));
            writer.Write(MemoryMarshal.AsBytes(model.Network.Table));
            writer.Write(MemoryMarshal.AsBytes(model.Network.Scales));
            writer.Write(MemoryMarshal.AsBytes(model.Network.Dense));
            writer.Write(model.Categories.Scale);
            foreach (var bias in model.Categories.Biases)
            {
                writer.Write(bias);
            }

            writer.Write(MemoryMarshal.AsBytes(model.Categories.Weights));
        }

        var content = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        stream.Write(content);
        stream.Write(SHA256.HashData(content));
    }

    /// <param name="stream">The whole file, from its beginning; it is read twice, so it must be able to seek.</param>
    /// <param name="inPlace">Whether the stream's memory outlives the model, so that the large tables may stay where they lie.</param>
    /// <exception cref="InvalidDataException">The file is damaged, no model, or was made for other features than this build's.</exception>
    public static InjectionModel Read(Stream stream, bool inPlace = false)
    {
        var length = stream.Length - SHA256.HashSizeInBytes;
        var checksum = Verify(stream, length);
        stream.Position = Magic.Length;
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            var model = Read(reader, checksum, inPlace);
            return stream.Position == length ? model : throw new InvalidDataException("The model file is longer than its model.");
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("The model file ends too early.");
        }
    }

    private static InjectionModel Read(BinaryReader reader, string checksum, bool inPlace)
    {
        Expect(reader.ReadInt32(), FormatVersion, "format");
        Expect(reader.ReadInt32(), FeatureSchema.Version, "feature schema");
        Expect(reader.ReadInt32(), FeatureSchema.Bits, "table size");
        var name = reader.ReadString();
        var costs = new byte[CharacterModel.TableSize];
        reader.BaseStream.ReadExactly(costs);
        var heads = new ModelHead[InjectionModel.HeadCount];
        for (var head = 0; head < heads.Length; head++)
        {
            heads[head] = new ModelHead
            {
                Scale = reader.ReadSingle(),
                Biases = ReadSingles(reader, TextWindows.Widths.Length),
                Calibration = new Calibration(reader.ReadSingle(), reader.ReadSingle(), reader.ReadSingle()),
            };
        }

        reader.BaseStream.Position += Padding(reader.BaseStream.Position);
        var weights = ReadTable<short>(reader.BaseStream, FeatureSchema.Slots * InjectionModel.HeadCount, inPlace);
        var table = ReadTable<sbyte>(reader.BaseStream, WordReader.Slots * NetworkShape.WordSize, inPlace);
        var network = new SentenceNetwork(table, ReadSingles(reader, WordReader.Slots), ReadSingles(reader, DenseWeights.Count));
        var categories = new CategoryModel(
            reader.ReadSingle(), ReadSingles(reader, CategoryModel.Classes), ReadArray<short>(reader.BaseStream, CategoryModel.Slots * CategoryModel.Classes));
        return new InjectionModel(name, new CharacterModel(costs), heads, weights, network, categories) { Checksum = checksum };
    }

    /// <summary>Compares the checksum before anything is believed. In pieces, so that the file never lies in memory twice.</summary>
    /// <returns>The checksum in lower-case hexadecimal digits.</returns>
    private static string Verify(Stream stream, long length)
    {
        if (length > MaxSize)
        {
            throw new InvalidDataException($"The model file is larger than {MaxSize >> 20} MiB.");
        }

        Span<byte> piece = stackalloc byte[16 * 1024];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (length < Magic.Length || !ReadPiece(stream, piece[..Magic.Length], hash).SequenceEqual(Magic))
        {
            throw new InvalidDataException("Not a LockLLM model file.");
        }

        for (long left = length - Magic.Length; left > 0;)
        {
            left -= ReadPiece(stream, piece[..(int)Math.Min(left, piece.Length)], hash).Length;
        }

        var checksum = hash.GetHashAndReset();
        stream.ReadExactly(piece[..checksum.Length]);
        return piece[..checksum.Length].SequenceEqual(checksum)
            ? Convert.ToHexStringLower(checksum)
            : throw new InvalidDataException("The model file is damaged: its checksum does not match.");
    }

    private static ReadOnlySpan<byte> ReadPiece(Stream stream, Span<byte> piece, IncrementalHash hash)
    {
        stream.ReadExactly(piece);
        hash.AppendData(piece);
        return piece;
    }

    private static void Expect(int found, int expected, string what)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"The model file has {what} {found}, this build reads {expected}. Train it anew or take the file of this version.");
        }
    }

    private static int Padding(long position) => (int)((Alignment - (position % Alignment)) % Alignment);

    private static float[] ReadSingles(BinaryReader reader, int count) => ReadArray<float>(reader.BaseStream, count);

    private static ReadOnlyMemory<T> ReadTable<T>(Stream stream, int count, bool inPlace)
        where T : unmanaged => inPlace && ResourceMemory<T>.TryTake(stream, count, out var table) ? table : ReadArray<T>(stream, count);

    private static T[] ReadArray<T>(Stream stream, int count)
        where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(count);
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
