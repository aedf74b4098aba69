using System.IO.Compression;
using System.Text.Json;

namespace LockLLM.Training.Corpora;

/// <summary>Reads labelled texts from <c>.jsonl</c> and <c>.jsonl.gz</c> files.</summary>
internal static class CorpusReader
{
    /// <summary>The corpus files that a list of files and folders means, sorted so that the order never depends on the disk.</summary>
    /// <exception cref="CorpusException">A path does not exist, or a folder holds no corpus file.</exception>
    public static IReadOnlyList<string> FindFiles(IEnumerable<string> paths, bool recursive)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                var found = Directory.EnumerateFiles(path, "*", recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
                    .Where(IsCorpusFile)
                    .ToList();
                if (found.Count == 0)
                {
                    throw new CorpusException($"{path} holds no .jsonl or .jsonl.gz file.");
                }

                files.AddRange(found);
            }
            else if (File.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                throw new CorpusException($"{path} does not exist.");
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>The rows of one file, each with a set name.</summary>
    /// <exception cref="CorpusException">A line is not a row; the message names file and line, never the text.</exception>
    public static IEnumerable<CorpusRow> Read(string file)
    {
        var set = SetName(file);
        using var stream = Open(file);
        using var reader = new StreamReader(stream);
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                var row = Parse(line, file, number);
                yield return row.Set is null ? row with { Set = set } : row;
            }
        }
    }

    private static CorpusRow Parse(string line, string file, int number)
    {
        CorpusRow? row;
        try
        {
            row = JsonSerializer.Deserialize(line, CorpusJson.Default.CorpusRow);
        }
        catch (JsonException)
        {
            row = null;
        }

        return row is { Label: 0 or 1, Text: not null }
            ? row
            : throw new CorpusException($"{file}, line {number}: expected an object with \"text\" and a \"label\" of 0 or 1.");
    }

    private static bool IsCorpusFile(string path) =>
        path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".jsonl.gz", StringComparison.OrdinalIgnoreCase);

    private static string SetName(string file)
    {
        var name = Path.GetFileName(file);
        var end = name.IndexOf(".jsonl", StringComparison.OrdinalIgnoreCase);
        return end > 0 ? name[..end] : name;
    }

    private static Stream Open(string file)
    {
        var stream = File.OpenRead(file);
        return file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }
}

/// <summary>A corpus cannot be read; the message is meant for the person at the console.</summary>
internal sealed class CorpusException(string message) : Exception(message);
