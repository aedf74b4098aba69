using LockLLM.Engine.Decoding;
using LockLLM.Engine.Deobfuscation;
using LockLLM.Engine.Language;
using LockLLM.Engine.Normalization;

namespace LockLLM.Engine.Text;

/// <summary>
/// Brings a text into the one form in which it is judged: disguises undone in place, letters folded. The order is
/// the point: characters that cannot be seen go first, then whole encodings, then the letters' look, and last what
/// only a language model can tell. Not thread-safe: it keeps its buffers.
/// </summary>
internal sealed class Canonicalizer(CharacterModel language)
{
    private readonly Decoder _decoder = new();
    private readonly LetterJoiner _joiner = new(language);
    private readonly LeetReader _leet = new(language);
    private readonly CipherBreaker _ciphers = new(language);
    private MappedText _current = new();
    private MappedText _next = new();

    /// <summary>The canonical text, valid until the next call.</summary>
    public MappedText Canonicalize(ReadOnlySpan<char> text)
    {
        _current.Load(text);
        TextCleaner.Clean(_current, _next);
        Swap();
        if (_joiner.Join(_current, _next))
        {
            Swap();
        }

        if (_decoder.Decode(_current, _next))
        {
            Swap();
        }

        CharacterFolder.Fold(_current, _next);
        Swap();
        if (_leet.Read(_current, _next))
        {
            Swap();
        }

        if (_ciphers.Read(_current, _next))
        {
            Swap();
        }

        return _current;
    }

    /// <summary>Wipes the text; gives memory back that grew beyond <paramref name="keepCapacity"/> characters.</summary>
    public void Forget(int keepCapacity)
    {
        _current.Forget(keepCapacity);
        _next.Forget(keepCapacity);
        _joiner.Forget(keepCapacity);
        _decoder.Forget(keepCapacity);
        _leet.Forget();
        _ciphers.Forget();
    }

    private void Swap() => (_current, _next) = (_next, _current);
}
