namespace LockLLM.Gateway.Errors;

/// <summary>A value, or the error that stands in its place.</summary>
internal readonly struct Outcome<T>
{
    private Outcome(T? value, Error? error) => (Value, Error) = (value, error);

    public T? Value { get; }

    /// <summary>Null when there is a value.</summary>
    public Error? Error { get; }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Error error) => new(default, error);
}
