using LockLLM.Contracts;
using LockLLM.Engine;
using LockLLM.Gateway.Scanning;
using Microsoft.AspNetCore.Http;

namespace LockLLM.Gateway.Tests.Scanning;

public sealed class ScanDirectivesTests
{
    [Fact]
    public void Silence_means_the_defaults() =>
        Assert.Equal(new ScanDirectives(AsksPolicies: true, Blocks: false, Sensitivity.Medium, Trust.User), Read([], []));

    [Fact]
    public void The_body_is_heard_where_the_header_is_silent() => Assert.Equal(
        new ScanDirectives(AsksPolicies: false, Blocks: true, Sensitivity.High, Trust.Tool),
        Read([(HeaderNames.ScanAction, "")], [(Control.Mode, "normal"), (Control.ScanAction, "block"), (Control.Sensitivity, "high"), (Control.Context, "tool")]));

    [Fact]
    public void The_header_wins_both_ways()
    {
        Assert.False(Read([(HeaderNames.ScanAction, "allow_with_warning")], [(Control.ScanAction, "block")]).Blocks);
        Assert.True(Read([(HeaderNames.ScanAction, "block")], [(Control.ScanAction, "allow_with_warning")]).Blocks);
    }

    [Fact]
    public void A_wrong_body_is_told_even_where_the_header_wins() =>
        Assert.Equal("scan_action", ScanDirectives.Read(Headers([(HeaderNames.ScanAction, "block")]), Body([(Control.ScanAction, "blok")]), ScanDefaults.OfScan, out _)?.Param);

    [Fact]
    public void An_unknown_word_is_not_repeated_in_the_message()
    {
        var error = ScanDirectives.Read(Headers([(HeaderNames.Sensitivity, "secret words")]), Body([]), ScanDefaults.OfScan, out var directives);
        Assert.Null(directives);
        Assert.DoesNotContain("secret", error!.Message, StringComparison.Ordinal);
        Assert.Contains("low, medium, high", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_control_with_a_header_is_announced_to_browsers() =>
        Assert.Subset(HeaderNames.Requests.ToHashSet(), Control.All.Where(control => control.Header is not null).Select(control => control.Header!).ToHashSet());

    [Fact]
    public void Wire_words_of_layers_are_snake_case_in_bit_order()
    {
        Assert.Null(WireWords.Of(EncodingLayers.None));
        Assert.Equal("base64+unicode_tags", WireWords.Of(EncodingLayers.UnicodeTags | EncodingLayers.Base64));
        Assert.Equal("character_codes", WireWords.Of(EncodingLayers.CharacterCodes));
        Assert.Equal("rot13", WireWords.Of(EncodingLayers.Rot13));
    }

    [Fact]
    public void Every_category_has_a_word_and_a_sentence_of_its_own()
    {
        var categories = Enum.GetValues<ThreatCategory>();
        Assert.Equal(categories.Length, categories.Select(WireWords.Of).Distinct().Count());
        Assert.Equal(categories.Length, categories.Select(WireWords.Sentence).Distinct().Count());
    }

    private static ScanDirectives Read((string, string)[] headers, (Control, string)[] body)
    {
        Assert.Null(ScanDirectives.Read(Headers(headers), Body(body), ScanDefaults.OfScan, out var directives));
        return directives!;
    }

    private static HeaderDictionary Headers((string Name, string Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            dictionary[name] = value;
        }

        return dictionary;
    }

    private static Func<Control, string?> Body((Control Control, string Word)[] words) => control => words.FirstOrDefault(entry => entry.Control == control).Word;
}
