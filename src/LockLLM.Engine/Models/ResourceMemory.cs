using System.Buffers;

namespace LockLLM.Engine.Models;

/// <summary>
/// A table in a resource of an assembly, read where the operating system has mapped it: it takes no heap, and processes
/// of one machine share it. Read only; it lives as long as the assembly.
/// </summary>
internal sealed unsafe class ResourceMemory<T>(T* first, int length) : MemoryManager<T>
    where T : unmanaged
{
    /// <summary>Takes the next elements of a stream in place and moves on behind them. False for one that is no memory, or where they lie askew.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before.</exception>
    public static bool TryTake(Stream stream, int count, out ReadOnlyMemory<T> table)
    {
        table = default;
        if (stream is not UnmanagedMemoryStream memory || (nint)memory.PositionPointer % sizeof(T) != 0)
        {
            return false;
        }

        var size = (long)count * sizeof(T);
        if (size > memory.Length - memory.Position)
        {
            throw new EndOfStreamException();
        }

        table = new ResourceMemory<T>((T*)memory.PositionPointer, count).Memory;
        memory.Position += size;
        return true;
    }

    public override Span<T> GetSpan() => new(first, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(first + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
