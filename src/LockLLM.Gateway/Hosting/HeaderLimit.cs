using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Hosting;

/// <summary>Refuses requests whose headers are too long together. Kestrel would too, but with an empty body.</summary>
internal static class HeaderLimit
{
    public const int MaxBytes = 32 * 1024;

    private static readonly Error s_tooLarge = new(ErrorCode.HeadersTooLarge, $"The request headers have more than {MaxBytes} bytes.") { MaxBytes = MaxBytes };

    public static IApplicationBuilder UseHeaderLimit(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var length = 0;
        foreach (var (name, values) in context.Request.Headers)
        {
            foreach (var value in values)
            {
                length += name.Length + (value?.Length ?? 0);
            }
        }

        return length <= MaxBytes ? next(context) : new ErrorResult(s_tooLarge).ExecuteAsync(context);
    });
}
