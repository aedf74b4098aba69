using LockLLM.Engine.Text;

namespace LockLLM.Engine.Tests.Text;

public sealed class MappedTextTests
{
    [Fact]
    public void Maps_a_loaded_text_to_itself()
    {
        var text = new MappedText();
        text.Load("abc");
        Assert.Equal("abc", text.Chars.ToString());
        Assert.Equal(new TextSpan(1, 3), text.Origin(1, 3));
        Assert.Equal(EncodingLayers.None, text.LayersOf(0, 3));
    }

    [Fact]
    public void Maps_a_replacement_to_all_it_replaced_and_keeps_earlier_layers()
    {
        MappedText source = new(), once = new(), twice = new();
        source.Load("say 6869 now");
        once.Append(source, 0, 4);
        once.AppendInPlaceOf(source, 4, 4, "hi", EncodingLayers.Hex);
        once.Append(source, 8, 4);
        Assert.Equal("say hi now", once.Chars.ToString());
        Assert.Equal(new TextSpan(4, 8), once.Origin(5, 6));
        Assert.Equal(new TextSpan(3, 9), once.Origin(3, 7));

        twice.AppendInPlaceOf(once, 4, 2, "x", EncodingLayers.Base64);
        Assert.Equal(new TextSpan(4, 8), twice.Origin(0, 1));
        Assert.Equal(EncodingLayers.Hex | EncodingLayers.Base64, twice.LayersOf(0, 1));
    }

    [Fact]
    public void Tells_where_an_empty_range_stands()
    {
        var text = new MappedText();
        Assert.Equal(new TextSpan(0, 0), text.Origin(0, 0));
        text.Load("abc");
        Assert.Equal(new TextSpan(1, 1), text.Origin(1, 1));
        Assert.Equal(new TextSpan(3, 3), text.Origin(3, 3));
    }

    [Fact]
    public void Forgets_what_it_held_when_loaded_anew()
    {
        MappedText text = new(), other = new();
        other.Load("long enough to leave something behind");
        text.Append(other, 0, other.Length, EncodingLayers.Base64);
        text.Load("new");
        Assert.Equal("new", text.Chars.ToString());
        Assert.Equal(EncodingLayers.None, text.LayersOf(0, 3));
        Assert.Equal(new TextSpan(0, 3), text.Origin(0, 3));
    }
}
