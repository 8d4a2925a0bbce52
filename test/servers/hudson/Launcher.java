import java.io.File;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;

/**
 * Starts Hudson on a Java that is newer than Hudson knows: it takes a version for one of the form 1.x. Ends when standard
 * input does. Arguments: the war, then those of Hudson's own program.
 */
public class Launcher {
    public static void main(String[] args) throws Exception {
        System.setProperty("java.version", "1.8.0_300");
        Thread end = new Thread(Launcher::endWithInput);
        end.setDaemon(true);
        end.start();
        URL war = new File(args[0]).toURI().toURL();
        Object rest = Arrays.copyOfRange(args, 1, args.length);
        Class<?> program = new URLClassLoader(new URL[] {war}).loadClass("org.eclipse.hudson.war.Executable");
        program.getMethod("main", String[].class).invoke(null, rest);
    }

    private static void endWithInput() {
        try (InputStream in = System.in) {
            while (in.read() >= 0) {
                // Nothing is said on it.
            }
        } catch (Exception gone) {
            // Whoever started this is gone.
        }
        Runtime.getRuntime().halt(0);
    }
}
