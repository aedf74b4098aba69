using System.Text;

namespace LockLLM.Gateway.Errors;

/// <summary>An exception as it may be logged: types and stacks, without messages, which may quote the text being handled.</summary>
internal readonly struct Fault(Exception exception)
{
    public override string ToString()
    {
        var description = new StringBuilder();
        for (var current = exception; current is not null; current = current.InnerException)
        {
            description.Append(current.GetType().FullName).Append('\n').Append(current.StackTrace).Append('\n');
        }

        return description.ToString();
    }
}
