namespace LockLLM.Engine.Features;

/// <summary>The shape of the features. It is stamped into the model file; a file made for another shape refuses to load.</summary>
internal static class FeatureSchema
{
    /// <summary>Raised whenever canonical text or features change, so that old weights cannot be read as new ones.</summary>
    public const int Version = 1;

    /// <summary>Number of bits of a feature's slot.</summary>
    public const int Bits = 21;

    /// <summary>Slots a table has.</summary>
    public const int Slots = 1 << Bits;

    /// <summary>What brings a 64-bit hash down to a slot.</summary>
    public const int Shift = 64 - Bits;
}
