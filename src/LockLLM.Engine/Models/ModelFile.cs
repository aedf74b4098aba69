using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using LockLLM.Engine.Features;
using LockLLM.Engine.Language;

namespace LockLLM.Engine.Models;

/// <summary>
/// Reads and writes the model file: little-endian, one section after another, SHA-256 of everything before it at the
/// end. The checksum guards against accidents, not against an attacker: whoever can replace the file decides what is
/// found, so take models only from where you take the program.
/// </summary>
internal static class ModelFile
{
    private const int FormatVersion = 1;
    private const int MaxSize = 64 * 1024 * 1024;
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

            writer.Write(MemoryMarshal.AsBytes(model.Weights));
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

    /// <exception cref="InvalidDataException">The file is damaged, no model, or was made for other features than this build's.</exception>
    public static InjectionModel Read(Stream stream)
    {
        var bytes = ReadAll(stream);
        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - SHA256.HashSizeInBytes));
        if (!content.StartsWith(Magic))
        {
            throw new InvalidDataException("Not a LockLLM model file.");
        }

        var checksum = SHA256.HashData(content);
        if (!bytes.AsSpan(content.Length).SequenceEqual(checksum))
        {
            throw new InvalidDataException("The model file is damaged: its checksum does not match.");
        }

        var reader = new SpanReader(content[Magic.Length..]);
        Expect(reader.Int32(), FormatVersion, "format");
        Expect(reader.Int32(), FeatureSchema.Version, "feature schema");
        Expect(reader.Int32(), FeatureSchema.Bits, "table size");
        var name = reader.String();
        var language = new CharacterModel(reader.Bytes(CharacterModel.TableSize).ToArray());
        var heads = new ModelHead[InjectionModel.HeadCount];
        for (var head = 0; head < heads.Length; head++)
        {
            heads[head] = new ModelHead
            {
                Scale = reader.Single(),
                Biases = reader.Singles(TextWindows.Widths.Length),
                Calibration = new Calibration(reader.Single(), reader.Single(), reader.Single()),
            };
        }

        var weights = reader.Shorts(FeatureSchema.Slots * InjectionModel.HeadCount);
        var categories = new CategoryModel(
            reader.Single(), reader.Singles(CategoryModel.Classes), reader.Shorts(CategoryModel.Slots * CategoryModel.Classes));
        return new InjectionModel(name, language, heads, weights, categories) { Checksum = Convert.ToHexStringLower(checksum) };
    }

    private static byte[] ReadAll(Stream stream)
    {
        if (stream.Length > MaxSize)
        {
            throw new InvalidDataException($"The model file is larger than {MaxSize >> 20} MiB.");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void Expect(int found, int expected, string what)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"The model file has {what} {found}, this build reads {expected}. Train it anew or take the file of this version.");
        }
    }

    /// <summary>Walks over the content; a file too short is damaged, whatever its checksum says.</summary>
    private ref struct SpanReader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public ReadOnlySpan<byte> Bytes(int count)
        {
            if (count > _rest.Length)
            {
                throw new InvalidDataException("The model file ends too early.");
            }

            var bytes = _rest[..count];
            _rest = _rest[count..];
            return bytes;
        }

        public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

        public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Bytes(sizeof(float)));

        public string String() => Encoding.UTF8.GetString(Bytes(Bytes(1)[0]));

        public float[] Singles(int count)
        {
            var values = new float[count];
            foreach (ref var value in values.AsSpan())
            {
                value = Single();
            }

            return values;
        }

        public short[] Shorts(int count)
        {
            var values = GC.AllocateUninitializedArray<short>(count);
            Bytes(count * sizeof(short)).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
    }
}
