namespace LockLLM.Gateway.Proxy.Guard;

/// <summary>
/// Proof that every text of a request was dealt with. There is no other way to come by one than to account for each:
/// a guard that did not run has none, and so cannot be taken for one that found nothing.
/// </summary>
internal sealed class Coverage
{
    private Coverage(int judged, int remembered, int withheld, long scalars) =>
        (Judged, Remembered, Withheld, Scalars) = (judged, remembered, withheld, scalars);

    /// <summary>Texts that the detector looked at for this request.</summary>
    public int Judged { get; }

    /// <summary>Texts that it had looked at before, in an earlier call of the same conversation.</summary>
    public int Remembered { get; }

    /// <summary>Texts that were refused before and are not sent.</summary>
    public int Withheld { get; }

    public int Parts => Judged + Remembered + Withheld;

    /// <summary>Unicode scalar values of the judged and the remembered.</summary>
    public long Scalars { get; }

    /// <summary>Takes down what became of each text.</summary>
    internal struct Ledger
    {
        private readonly int _parts;
        private int _judged;
        private int _remembered;
        private int _withheld;
        private long _scalars;

        public Ledger(int parts) => _parts = parts;

        public void Judged(int scalars)
        {
            _judged++;
            _scalars += scalars;
        }

        public void Remembered(int scalars)
        {
            _remembered++;
            _scalars += scalars;
        }

        public void Withheld() => _withheld++;

        /// <summary>Null when a text is missing: then the request was not scanned, whatever was found.</summary>
        public readonly Coverage? Close() =>
            _judged + _remembered + _withheld == _parts ? new Coverage(_judged, _remembered, _withheld, _scalars) : null;
    }
}
