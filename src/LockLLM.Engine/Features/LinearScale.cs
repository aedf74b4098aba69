namespace LockLLM.Engine.Features;

/// <summary>The length norm of a window: a sum over n features is divided by the square root of n, so long and short windows compare.</summary>
internal static class LinearScale
{
    public static float Of(int features) => 1f / MathF.Sqrt(Math.Max(8, features));
}
